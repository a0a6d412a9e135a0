//! The document by which OfficeTrack tells a customer's system what a worker entered: one root `Entry`, the same by HTTP,
//! mail and folder.
//!
//! Receivers read some elements by their position, so that the order of everything is fixed here. A document is a pure
//! function of an [`Entry`]: ages are counted from the entry's own [`Entry::event`], never from a clock.

mod entry;
mod write;

pub use entry::{
    Customer, Employee, Entry, EntryLocation, Field, FieldContent, File, FileContent, Form, Moment,
    PointOfInterest, Task, TaskType,
};
