//! What an office does in the tests of the logs, by the door that every capability uses.

use anyhow::Result;
use campo_protocol::{
    entry::Kind,
    task::{
        body::{Assigned, Created, NewAssignment, Role, StatusSet},
        status::Status,
    },
};
use campo_server::{
    access::{Caller, Duty, permissions::ManageTasks},
    app::App,
    log::{
        events::{TASK_CHANGED, TASK_CREATED, TaskEvent},
        write::{About, Write},
    },
    scheduler::Class,
};
use uuid::Uuid;

/// An open transaction of the office.
pub async fn begin(app: &App, account: i64) -> Result<Write> {
    let allowed = Caller::duty(account, Duty::Operator).allow::<ManageTasks>()?;
    Ok(app.log.begin(&allowed, Class::Office).await?)
}

/// Makes a task that these employees have.
pub async fn create_task(app: &App, account: i64, employees: &[Uuid]) -> Result<Uuid> {
    let mut write = begin(app, account).await?;
    let task = write.new_id();
    let number = write.next_task_number();
    write
        .tx()
        .execute(
            "insert into task (account, id, task_number, state, version, fields, sort_key, created_us, updated_us) \
             values ($1, $2, $3, 'enabled', 1, '{}', '', 1, 1)",
            (account, task, number),
        )
        .await?;
    let created = Created { status: Status::New, assignments: leads(employees) };
    write.entry(Kind::TaskCreated, about(task), &created)?;
    write.task_event(TaskEvent { kind: TASK_CREATED, task, version: 1 });
    write.commit().await?;
    Ok(task)
}

/// Changes the office part of a task.
pub async fn edit_task(app: &App, account: i64, task: Uuid, comment: &str) -> Result<()> {
    let mut write = begin(app, account).await?;
    let fields = serde_json::json!({ "comment": comment }).to_string();
    let (version,): (i64,) = write
        .tx()
        .fetch_one(
            "update task set version = version + 1, fields = $3 where account = $1 and id = $2 returning version",
            (account, task, fields),
        )
        .await?;
    write.task_event(TaskEvent { kind: TASK_CHANGED, task, version });
    write.commit().await?;
    Ok(())
}

/// Says who has a task from now on.
pub async fn assign(app: &App, account: i64, task: Uuid, employees: &[Uuid]) -> Result<()> {
    let mut write = begin(app, account).await?;
    write.entry(Kind::TaskAssigned, about(task), &Assigned { assignments: leads(employees) })?;
    write.commit().await?;
    Ok(())
}

/// Sets a task's status.
pub async fn set_status(app: &App, account: i64, task: Uuid, status: Status) -> Result<()> {
    let mut write = begin(app, account).await?;
    write.entry(Kind::TaskStatusSet, about(task), &StatusSet { status })?;
    write.commit().await?;
    Ok(())
}

fn about(task: Uuid) -> About {
    About { task: Some(task), ..About::default() }
}

fn leads(employees: &[Uuid]) -> Vec<NewAssignment> {
    employees.iter().map(|employee| NewAssignment { employee: *employee, role: Role::Lead }).collect()
}
