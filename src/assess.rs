//! From a map and the law to an assessment: verdicts, exposures, findings, questions.

pub mod verdict;
