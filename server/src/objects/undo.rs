//! What a change of many objects leaves behind for taking it back, and how objects are put back.

use std::collections::HashMap;

use campo_protocol::model::State;
use uuid::Uuid;

use super::{
    Kept, Saved, What,
    edit::{Candidate, save},
    object::{Object, Row},
};
use crate::{
    acts::{
        Changed, Undoer,
        undo::{EffectRow, PutBack},
    },
    log::write::Write,
    problem::{Code, Problem, Result},
};

/// How objects of a kind are put back; their kind in acts is that of the tables.
pub const fn undoer<K: Kept + 'static>() -> Undoer {
    Undoer {
        subject_kind: K::KIND.name(),
        removes: true,
        run: |write, effects| Box::pin(put_back::<K>(write, effects)),
    }
}

/// What a save changed, for its act; none where all was so already.
pub fn changed<K: Kept>(saved: &Saved<K>) -> Option<Changed> {
    let effect = match saved.what {
        What::Created => "created",
        What::Updated => "updated",
        What::Unchanged => return None,
    };
    Some(Changed {
        subject_kind: K::KIND.name(),
        subject: saved.object.id,
        effect,
        version_before: saved.before.as_ref().map(|before| before.version),
        version_after: saved.object.version,
        before: saved.before.as_ref().map(|before| before.body.clone()),
    })
}

/// Puts objects back: what was changed becomes what it was, what was created is taken out of use.
pub(super) async fn put_back<K: Kept>(write: &mut Write, effects: &[EffectRow]) -> Result<Vec<PutBack>> {
    let account = write.account();
    let ids: Vec<Uuid> = effects.iter().map(|effect| effect.subject).collect();
    let rows: Vec<Row> = write
        .tx()
        .fetch_many(
            "a, d, i",
            (vec![account; ids.len()], vec![K::KIND.name(); ids.len()], ids),
            "select o.id, o.version, o.body, o.created_us, o.updated_us from k \
             join object o on o.account = k.a and o.kind = k.d and o.id = k.i",
        )
        .await?;
    let mut stored: HashMap<Uuid, Row> = rows.into_iter().map(|row| (row.id, row)).collect();
    let (mut candidates, mut reasons) = (Vec::new(), Vec::with_capacity(effects.len()));
    for effect in effects {
        reasons.push(match stored.remove(&effect.subject) {
            None => Some("gone"),
            Some(row) if row.version != effect.version_after => Some("changed_since"),
            // What it was before is kept for a time
            Some(_) if !effect.made() && effect.before.is_none() => Some("gone"),
            Some(row) => {
                let before: Object<K> = row.read()?;
                let after = if let Some(body) = &effect.before {
                    serde_json::from_str(body).map_err(Problem::internal)?
                } else {
                    let mut after = before.object.clone();
                    after.set_state(State::Deleted);
                    after
                };
                candidates.push(Candidate::new(row.id, Some((row, before)), Ok(after)));
                None
            }
        });
    }
    let mut saved = save::<K>(write, candidates).await?.into_iter();
    let outcome = |reason: Option<&'static str>| match reason {
        Some(reason) => Err(reason),
        None => match saved.next() {
            Some(Ok(saved)) => changed(&saved).ok_or("changed_since"),
            Some(Err(problem)) if problem.code() == Code::Conflict => Err("in_use"),
            // Something that it names was removed meanwhile, or another one has its code
            _ => Err("changed_since"),
        },
    };
    Ok(reasons.into_iter().map(outcome).collect())
}
