//! Strongly connected components of flat adjacency.
//!
//! Tarjan's algorithm with its own stack: petgraph's recurses, and a chain of a million nodes would overflow the thread's.

/// Edges of vertices numbered from zero, grouped by source.
#[derive(Clone, Debug, Default)]
pub(super) struct Adjacency {
    starts: Vec<u32>,
    targets: Vec<u32>,
}

impl Adjacency {
    /// Groups edges by their source, keeping their order.
    pub(super) fn new(vertices: usize, edges: impl Iterator<Item = (usize, usize)> + Clone) -> Self {
        let mut starts = vec![0_u32; vertices + 1];
        for (from, _) in edges.clone() {
            starts[from + 1] += 1;
        }
        for at in 0..vertices {
            starts[at + 1] += starts[at];
        }
        let mut free = starts.clone();
        let mut targets = vec![0; starts[vertices] as usize];
        for (from, to) in edges {
            targets[free[from] as usize] = to as u32;
            free[from] += 1;
        }
        Self { starts, targets }
    }

    /// What the edges of a vertex lead to.
    pub(super) fn of(&self, vertex: usize) -> &[u32] {
        &self.targets[self.starts[vertex] as usize..self.starts[vertex + 1] as usize]
    }

    /// How many vertices there are.
    pub(super) fn vertices(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }
}

/// The components of a graph, each after all that it leads to.
#[derive(Clone, Debug, Default)]
pub(super) struct Components {
    of: Vec<u32>,
    starts: Vec<u32>,
    members: Vec<u32>,
    /// When each vertex was left: after all that it leads to, but for circles.
    left: Vec<u32>,
}

const UNSEEN: u32 = u32::MAX;

impl Components {
    /// Finds the components.
    pub(super) fn new(graph: &Adjacency) -> Self {
        let vertices = graph.vertices();
        let mut found = Self {
            of: vec![UNSEEN; vertices],
            starts: vec![0],
            members: Vec::with_capacity(vertices),
            left: vec![UNSEEN; vertices],
        };
        let mut index = vec![UNSEEN; vertices];
        let mut low = vec![0_u32; vertices];
        let mut open: Vec<u32> = Vec::new();
        let mut path: Vec<(u32, u32)> = Vec::new();
        let (mut count, mut leaving) = (0, 0);
        for root in 0..vertices {
            if index[root] != UNSEEN {
                continue;
            }
            path.push((root as u32, 0));
            while let Some((vertex, next)) = path.last_mut() {
                let at = *vertex as usize;
                if *next == 0 && index[at] == UNSEEN {
                    index[at] = count;
                    low[at] = count;
                    count += 1;
                    open.push(*vertex);
                }
                if let Some(target) = graph.of(at).get(*next as usize) {
                    *next += 1;
                    let to = *target as usize;
                    if index[to] == UNSEEN {
                        path.push((*target, 0));
                    } else if found.of[to] == UNSEEN {
                        low[at] = low[at].min(index[to]);
                    }
                    continue;
                }
                path.pop();
                found.left[at] = leaving;
                leaving += 1;
                if let Some((parent, _)) = path.last() {
                    let parent = *parent as usize;
                    low[parent] = low[parent].min(low[at]);
                }
                if low[at] == index[at] {
                    found.close(at as u32, &mut open);
                }
            }
        }
        found
    }

    fn close(&mut self, root: u32, open: &mut Vec<u32>) {
        let component = self.len() as u32;
        let start = self.members.len();
        while let Some(member) = open.pop() {
            self.of[member as usize] = component;
            self.members.push(member);
            if member == root {
                break;
            }
        }
        self.members[start..].sort_unstable();
        self.starts.push(self.members.len() as u32);
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The component of a vertex.
    pub(super) fn of(&self, vertex: usize) -> usize {
        self.of[vertex] as usize
    }

    /// The vertices of a component, each before what it leads to, but for circles.
    pub(super) fn downstream(&self, component: usize) -> Vec<u32> {
        let mut members = self.members(component).to_vec();
        members.sort_unstable_by_key(|vertex| std::cmp::Reverse(self.left[*vertex as usize]));
        members
    }

    /// The vertices of a component, ascending.
    pub(super) fn members(&self, component: usize) -> &[u32] {
        &self.members[self.starts[component] as usize..self.starts[component + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_comes_after_all_that_it_leads_to() {
        let edges = [(0, 1), (1, 2), (2, 1), (2, 3), (4, 0)];
        let found = Components::new(&Adjacency::new(5, edges.into_iter()));
        assert_eq!(found.len(), 4);
        assert_eq!(found.members(found.of(1)), [1, 2]);
        for (from, to) in edges {
            assert!(found.of(from) >= found.of(to));
        }
    }

    #[test]
    fn a_chain_of_a_million_does_not_overflow_the_stack() {
        let last = 1_000_000;
        let found = Components::new(&Adjacency::new(last + 1, (0..last).map(|at| (at, at + 1))));
        assert_eq!(found.len(), last + 1);
    }
}
