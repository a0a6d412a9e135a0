//! The power loss library agrees with a plain model of what POSIX promises, for any order of steps.

use std::collections::BTreeMap;

use campo_tests::powerloss::{Disk, Unsynced};
use proptest::prelude::*;
use tempfile::TempDir;

use super::powerloss::{Tree, run, tree};

const NAMES: [&str; 5] = ["a", "b", "d", "d/a", "d/b"];
const HANDLES: [&str; 2] = ["f", "g"];
const ROOT: usize = 0;

enum Node {
    File { live: Vec<u8>, durable: Vec<u8> },
    Folder { live: BTreeMap<String, usize>, durable: BTreeMap<String, usize> },
}

/// The files and folders, live and durable, and the script that made them.
struct Model {
    nodes: Vec<Node>,
    /// The file behind each handle, and where the next append goes.
    handles: BTreeMap<&'static str, (usize, usize)>,
    script: Vec<String>,
}

/// A step as chance proposes it: which kind, on which names, where, how much.
type Proposal = (u8, usize, usize, usize, usize);

impl Model {
    fn new() -> Self {
        let root = Node::Folder { live: BTreeMap::new(), durable: BTreeMap::new() };
        Self { nodes: vec![root], handles: BTreeMap::new(), script: Vec::new() }
    }

    fn live(&self, folder: usize) -> Option<&BTreeMap<String, usize>> {
        match &self.nodes[folder] {
            Node::Folder { live, .. } => Some(live),
            Node::File { .. } => None,
        }
    }

    /// The folder that a name stands in, and its last part.
    fn parent(&self, name: &'static str) -> Option<(usize, &'static str)> {
        let Some((folder, last)) = name.split_once('/') else { return Some((ROOT, name)) };
        let folder = *self.live(ROOT)?.get(folder)?;
        self.live(folder).map(|_| (folder, last))
    }

    fn find(&self, name: &'static str) -> Option<usize> {
        let (folder, last) = self.parent(name)?;
        self.live(folder)?.get(last).copied()
    }

    fn is_folder(&self, node: usize) -> bool {
        self.live(node).is_some()
    }

    fn has_name(&self, node: usize) -> bool {
        NAMES.iter().any(|name| self.find(name) == Some(node))
    }

    fn unlink(&mut self, name: &'static str) {
        if let Some((folder, last)) = self.parent(name)
            && let Node::Folder { live, .. } = &mut self.nodes[folder]
        {
            live.remove(last);
        }
    }

    fn link(&mut self, name: &'static str, node: usize) {
        if let Some((folder, last)) = self.parent(name)
            && let Node::Folder { live, .. } = &mut self.nodes[folder]
        {
            live.insert(last.to_owned(), node);
        }
    }

    fn add(&mut self, name: &'static str, node: Node) -> usize {
        self.nodes.push(node);
        self.link(name, self.nodes.len() - 1);
        self.nodes.len() - 1
    }

    fn content(&mut self, handle: &'static str) -> Option<&mut Vec<u8>> {
        let (node, _) = *self.handles.get(handle)?;
        match &mut self.nodes[node] {
            Node::File { live, .. } => Some(live),
            Node::Folder { .. } => None,
        }
    }

    /// Does the step and notes it, or leaves out what a process could not do.
    fn step(&mut self, (kind, first, second, at, length): Proposal) -> Option<()> {
        let (name, other) = (NAMES[first % NAMES.len()], NAMES[second % NAMES.len()]);
        let handle = HANDLES[second % HANDLES.len()];
        let text = char::from(b'a' + (at % 26) as u8).to_string().repeat(length);
        let done = match kind {
            0 | 1 => self.open(handle, name, kind == 1)?,
            2 => {
                self.write(handle, at, &text)?;
                format!("write {handle} {at} {text}")
            }
            3 => {
                self.content(handle)?.resize(at, 0);
                format!("cut {handle} {at}")
            }
            4 => self.sync(handle)?,
            5 => self.sync_folder(if first % 3 == 0 { "d" } else { "." })?,
            6 => self.rename(name, other)?,
            7 => self.remove(name)?,
            8 => {
                let (_, position) = *self.handles.get(handle)?;
                self.write(handle, position, &text)?;
                self.handles.get_mut(handle)?.1 += length;
                format!("append {handle} {text}")
            }
            9 => {
                self.handles.remove(handle)?;
                format!("close {handle}")
            }
            _ => {
                self.parent(name).filter(|_| name == "d" && self.find(name).is_none())?;
                self.add(name, Node::Folder { live: BTreeMap::new(), durable: BTreeMap::new() });
                format!("folder {name}")
            }
        };
        self.script.push(done);
        Some(())
    }

    fn write(&mut self, handle: &'static str, at: usize, text: &str) -> Option<()> {
        let content = self.content(handle)?;
        if !text.is_empty() {
            content.resize(content.len().max(at + text.len()), 0);
            content[at..at + text.len()].copy_from_slice(text.as_bytes());
        }
        Some(())
    }

    fn open(&mut self, handle: &'static str, name: &'static str, empty: bool) -> Option<String> {
        self.parent(name)?;
        let node = match self.find(name) {
            Some(node) => node,
            None => self.add(name, Node::File { live: Vec::new(), durable: Vec::new() }),
        };
        let Node::File { live, .. } = &mut self.nodes[node] else { return None };
        if empty {
            live.clear();
        }
        self.handles.insert(handle, (node, 0));
        Some(format!("{} {handle} {name}", if empty { "empty" } else { "open" }))
    }

    fn sync(&mut self, handle: &'static str) -> Option<String> {
        let (node, _) = *self.handles.get(handle)?;
        let named = self.has_name(node);
        if let Node::File { live, durable } = &mut self.nodes[node]
            && named
        {
            durable.clone_from(live);
        }
        Some(format!("sync {handle}"))
    }

    fn sync_folder(&mut self, name: &'static str) -> Option<String> {
        let node = if name == "." { ROOT } else { self.find(name)? };
        let Node::Folder { live, durable } = &mut self.nodes[node] else { return None };
        durable.clone_from(live);
        Some(format!("sync_folder {name}"))
    }

    fn rename(&mut self, from: &'static str, to: &'static str) -> Option<String> {
        let node = self.find(from)?;
        self.parent(to)?;
        let replaced = self.find(to);
        if self.is_folder(node) || replaced.is_some_and(|replaced| self.is_folder(replaced)) {
            return None;
        }
        self.unlink(from);
        self.link(to, node);
        Some(format!("rename {from} {to}"))
    }

    fn remove(&mut self, name: &'static str) -> Option<String> {
        let node = self.find(name)?;
        let step = match self.live(node) {
            Some(live) if live.is_empty() => "remove_folder",
            Some(_) => return None,
            None => "remove",
        };
        self.unlink(name);
        Some(format!("{step} {name}"))
    }

    fn durable(&self, folder: usize, path: &str, into: &mut Tree) {
        let Node::Folder { durable, .. } = &self.nodes[folder] else { return };
        for (name, node) in durable {
            let path = format!("{path}{name}");
            match &self.nodes[*node] {
                Node::File { durable, .. } => drop(into.insert(path, Some(durable.clone()))),
                Node::Folder { .. } => {
                    into.insert(path.clone(), None);
                    self.durable(*node, &format!("{path}/"), into);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_library_keeps_what_the_model_keeps(
        proposals in prop::collection::vec(
            (0..11_u8, 0..99_usize, 0..99_usize, (0..12_usize).prop_map(|at| at * 700), 0..1500_usize),
            1..80,
        ),
    ) {
        let mut model = Model::new();
        for proposal in proposals {
            let _ = model.step(proposal);
        }
        let mut expected = Tree::new();
        model.durable(ROOT, "", &mut expected);

        let place = TempDir::new()?;
        let disk = Disk::new(place.path()).expect("the disk");
        let done = run(disk.environment(), disk.folder(), &model.script).expect("the writer");
        prop_assert_eq!(done, model.script.len());
        disk.restore(Unsynced::Lost).expect("the image");
        let found = tree(disk.folder()).expect("the restored folder");
        let script: Vec<_> = model.script.iter().map(|step| &step[..step.len().min(40)]).collect();
        prop_assert!(found == expected, "{:#?}", script);
    }
}
