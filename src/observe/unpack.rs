//! Compressed logs, told by their first bytes, whatever the file is called.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::FrameDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};

use crate::observe::format::Compression;

const BUFFER: usize = 128 * 1024;

/// The unpacked bytes of a source, and how it was packed.
pub(super) fn unpack<'s>(mut source: impl Read + 's) -> io::Result<(Box<dyn BufRead + 's>, Option<Compression>)> {
    let mut start = Vec::new();
    source.by_ref().take(4).read_to_end(&mut start)?;
    let compression = compression(&start);
    let source = io::Cursor::new(start).chain(source);
    let unpacked: Box<dyn BufRead + 's> = match compression {
        None => Box::new(BufReader::with_capacity(BUFFER, source)),
        Some(Compression::Gzip) => {
            let packed = BufReader::with_capacity(BUFFER, source);
            Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(packed)))
        }
        Some(Compression::Zstd) => {
            let packed = BufReader::with_capacity(BUFFER, source);
            Box::new(BufReader::with_capacity(BUFFER, Frames::new(packed)))
        }
    };
    Ok((unpacked, compression))
}

fn compression(start: &[u8]) -> Option<Compression> {
    match start {
        [0x1f, 0x8b, ..] => Some(Compression::Gzip),
        // A frame, or one that is to be skipped.
        [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => Some(Compression::Zstd),
        _ => None,
    }
}

/// The content of Zstandard frames after one another.
struct Frames<R> {
    source: R,
    decoder: FrameDecoder,
    is_inside: bool,
}

impl<R: BufRead> Frames<R> {
    fn new(source: R) -> Self {
        Self {
            source,
            decoder: FrameDecoder::new(),
            is_inside: false,
        }
    }

    /// Goes to the start of the next frame's content; `false` at the end of the source.
    fn enter(&mut self) -> io::Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.source) {
                Ok(()) => {
                    self.is_inside = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    let skipped = io::copy(&mut self.source.by_ref().take(length.into()), &mut io::sink())?;
                    if skipped < u64::from(length) {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(_) => return Err(damaged()),
            }
        }
        Ok(false)
    }

    /// Whether the content of the frame that has ended is what was packed, if the frame can tell.
    fn is_whole(&self) -> bool {
        let said = self.decoder.get_checksum_from_data();
        said.is_none() || said == self.decoder.get_calculated_checksum()
    }
}

fn damaged() -> io::Error {
    io::Error::other("the Zstandard stream is damaged or cut off")
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        use ruzstd::decoding::BlockDecodingStrategy;
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.is_inside && !self.enter()? {
                return Ok(0);
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let strategy = BlockDecodingStrategy::UptoBlocks(1);
                self.decoder
                    .decode_blocks(&mut self.source, strategy)
                    .map_err(|_| damaged())?;
            }
            let read = self.decoder.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            self.is_inside = false;
            if !self.is_whole() {
                return Err(io::Error::other("the checksum of a frame does not match"));
            }
        }
    }
}
