//! What a server needs of whoever has the folders.

use std::{fmt, future::Future, net::IpAddr};

use campo_file_names::VirtualPath;

/// What kind of thing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// There is nothing of that name
    NotFound,
    /// It may not be done there
    Denied,
    /// There is something of that name
    Exists,
    /// The name cannot be
    Name,
    /// The file is too long, or there is no more room: trying again does not help
    Full,
    /// The place from which to go on is not there
    Offset,
    /// It does not work now; later it may
    Unavailable,
}

/// Why something was not done, in words for whoever reads the client's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Its kind
    pub kind: FaultKind,
    /// One line
    pub text: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemKind {
    /// A folder
    Folder,
    /// A whole file
    File,
    /// An upload that is not whole: it has a size, so that it can be gone on with, and is listed nowhere
    Part,
}

/// A file or folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its name in its folder
    pub name: String,
    /// What it is
    pub kind: ItemKind,
    /// Its length
    pub size_bytes: u64,
    /// Microseconds since 1970 UTC
    pub modified_us: i64,
    /// True when it can be written over or removed
    pub writable: bool,
}

/// Somebody who wants to log in.
#[derive(Debug, Clone, Copy)]
pub struct LogIn<'a> {
    /// The name
    pub user: &'a str,
    /// The password
    pub password: &'a str,
    /// From where
    pub address: IpAddr,
    /// True over TLS
    pub tls: bool,
}

/// Where an upload begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    /// At the first byte
    Start,
    /// Where the part ends that is there
    End,
    /// At this byte
    At(u64),
}

/// Who may log in.
pub trait Backend: Clone + Send + Sync + 'static {
    /// The folders of somebody
    type Folders: Folders;

    /// False for an address that has too many connections. Each true is followed by one [`Self::disconnected`].
    fn may_connect(&self, address: IpAddr) -> bool;
    /// A connection ended.
    fn disconnected(&self, address: IpAddr);
    /// Microseconds since 1970 UTC
    fn now_us(&self) -> i64;
    /// The folders of whoever logs in; a fault for everybody else, the same for a wrong name and a wrong password.
    fn log_in(&self, who: LogIn<'_>) -> impl Future<Output = Result<Self::Folders, Fault>> + Send;
}

/// The folders of somebody who logged in.
pub trait Folders: Send + Sync + 'static {
    /// A file on its way in
    type Upload: Upload;
    /// A file on its way out
    type Download: Download;

    /// What is in a folder; of a file, the file.
    fn list(&self, path: &VirtualPath) -> impl Future<Output = Result<Vec<Item>, Fault>> + Send;
    /// What a path names.
    fn stat(&self, path: &VirtualPath) -> impl Future<Output = Result<Item, Fault>> + Send;
    /// Begins an upload.
    fn create(
        &self,
        path: &VirtualPath,
        beginning: Beginning,
    ) -> impl Future<Output = Result<Self::Upload, Fault>> + Send;
    /// Opens a file for reading.
    fn open(&self, path: &VirtualPath) -> impl Future<Output = Result<Self::Download, Fault>> + Send;
    /// Gives a file another name.
    fn rename(&self, from: &VirtualPath, to: &VirtualPath) -> impl Future<Output = Result<(), Fault>> + Send;
    /// Removes a file.
    fn remove(&self, path: &VirtualPath) -> impl Future<Output = Result<(), Fault>> + Send;
    /// Makes a folder.
    fn make_folder(&self, path: &VirtualPath) -> impl Future<Output = Result<(), Fault>> + Send;
    /// Removes an empty folder.
    fn remove_folder(&self, path: &VirtualPath) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// A file on its way in.
pub trait Upload: Send + 'static {
    /// How much there is of it.
    fn size_bytes(&self) -> u64;
    /// Refuses a file that will be too long.
    fn announce(&self, size_bytes: u64) -> Result<(), Fault>;
    /// Adds bytes.
    fn write(&mut self, bytes: &[u8]) -> impl Future<Output = Result<(), Fault>> + Send;
    /// Makes a file of it.
    fn finish(self) -> impl Future<Output = Result<(), Fault>> + Send;
    /// Keeps what there is, to go on with.
    fn suspend(self) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// A file on its way out.
pub trait Download: Send + 'static {
    /// Its length.
    fn size_bytes(&self) -> u64;
    /// Up to `most` bytes from `offset` on; none at the end.
    fn read(&mut self, offset: u64, most: usize) -> impl Future<Output = Result<Vec<u8>, Fault>> + Send;
    /// Ends it.
    fn close(self) -> impl Future<Output = Result<(), Fault>> + Send;
}
