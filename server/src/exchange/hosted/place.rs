//! Where a path leads within the folders of a key.

use campo_file_names::{VirtualPath, fold};

use crate::problem::{Code, Problem, Result};

/// The folders that every key has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::exchange) enum Area {
    /// What is brought
    In,
    /// What is there to be taken
    Out,
    /// What was imported, with its results
    Done,
    /// What could not be imported, with the reason
    Errors,
}

impl Area {
    pub(in crate::exchange) const ALL: [Self; 4] = [Self::In, Self::Out, Self::Done, Self::Errors];

    pub(in crate::exchange) const fn name(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
            Self::Done => "done",
            Self::Errors => "errors",
        }
    }
}

/// A place that a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::exchange) enum Place {
    /// Where the four folders are
    Root,
    /// One of them
    Area(Area),
    /// A file or a folder within one of them
    Within {
        /// Which one
        area: Area,
        /// The folder, from the root: `in/tareas`
        folder: String,
        /// Its name in it
        name: String,
    },
}

impl Place {
    /// Where a path leads. Only what lies in one of the four folders exists.
    pub(in crate::exchange) fn of(path: &VirtualPath) -> Result<Self> {
        let Some((first, rest)) = path.parts().split_first() else { return Ok(Self::Root) };
        let area = Area::ALL.into_iter().find(|area| area.name() == fold(first)).ok_or(Code::NotFound)?;
        let Some((name, above)) = rest.split_last() else { return Ok(Self::Area(area)) };
        let folder = std::iter::once(area.name()).chain(above.iter().map(String::as_str));
        Ok(Self::Within { area, folder: folder.collect::<Vec<_>>().join("/"), name: name.clone() })
    }

    /// The path of the folder that this is, if it is one; none for the root.
    pub(super) fn as_folder(&self) -> Option<String> {
        match self {
            Self::Root => None,
            Self::Area(area) => Some(area.name().to_owned()),
            Self::Within { folder, name, .. } => Some(format!("{folder}/{name}")),
        }
    }

    /// Folder and name of what may be written here: only what lies in `in`.
    pub(super) fn writable(self) -> Result<(String, String)> {
        match self {
            Self::Within { area: Area::In, folder, name } => Ok((folder, name)),
            Self::Root | Self::Area(Area::In) => Err(read_only("/")),
            Self::Area(area) | Self::Within { area, .. } => Err(read_only(area.name())),
        }
    }
}

/// That nothing can be written there.
pub(super) fn read_only(folder: &str) -> Problem {
    Problem::new(Code::FolderReadOnly).with("folder", folder)
}

/// The part of a folder in `in` below it: `tareas` of `in/tareas`, nothing of `in`.
pub(super) fn below(folder: &str) -> &str {
    folder.split_once('/').map_or("", |(_, below)| below)
}

/// The least text behind all that begin with the folder and a slash: what lies below it lies between.
pub(super) fn bounds(folder: &str) -> (String, String) {
    // `0` follows `/`
    (format!("{folder}/"), format!("{folder}0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(path: &str) -> Result<Place> {
        Place::of(&VirtualPath::parse(path).unwrap())
    }

    #[test]
    fn only_the_four_folders_exist_and_only_one_is_written_to() {
        assert_eq!(place("/").unwrap(), Place::Root);
        assert_eq!(place("/IN").unwrap(), Place::Area(Area::In));
        assert_eq!(place("/etc/passwd").unwrap_err().code(), Code::NotFound);
        assert_eq!(
            place("/in/tareas/x.csv").unwrap().writable().unwrap(),
            ("in/tareas".to_owned(), "x.csv".to_owned())
        );
        for path in ["/", "/in", "/out/x", "/done/x", "/errors/a/x"] {
            assert_eq!(place(path).unwrap().writable().unwrap_err().code(), Code::FolderReadOnly, "{path}");
        }
        assert_eq!((below("in/a/b"), below("in")), ("a/b", ""));
    }
}
