//! What the office decides.

use anyhow::Result;
use campo_protocol::{
    model::{Ref, employee::Employee, poi::Poi},
    task::status::Status,
};
use campo_server::{
    access::permissions::{ManageInstallations, ManageTasks, SendMessages},
    api::edit::IfMatch,
    installations::{installation, members::Members},
    messages,
    objects::{self, Kept},
    scheduler::Class,
    tasks,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    company::{Company, SHARED_PHONE},
    server::Server,
};
use crate::{office, random::Random, world::Account};

/// One decision; what it was, in words. `tasks` are those that the office made, as far as the server has them.
pub(super) async fn decide(
    server: &Server,
    company: &Company,
    tasks: &mut Vec<Uuid>,
    random: &mut Random,
) -> Result<String> {
    let (app, account) = (&server.app, company.account);
    let employees = some(&company.employees, random);
    let known = (!tasks.is_empty()).then(|| tasks[random.number() as usize % tasks.len()]);
    match (random.number() % 100, known) {
        (0..25, Some(task)) => {
            office::assign(app, account, task, &employees).await?;
            Ok(format!("assigns {task} to {} employees", employees.len()))
        }
        (25..35, Some(task)) => {
            let statuses = [Status::Canceled, Status::New, Status::Closed, Status::Draft];
            let status = statuses[random.number() as usize % statuses.len()];
            office::set_status(app, account, task, status).await?;
            Ok(format!("sets {task} to {}", status.name()))
        }
        (35..50, Some(task)) => {
            office::edit_task(app, account, task, &random.number().to_string()).await?;
            Ok(format!("edits {task}"))
        }
        (50..56, _) => {
            let operator = Account { app: app.clone(), id: account }.operator();
            let message = json!({ "text": "Llame a la oficina", "employees": [company.employees[0]] });
            let message = serde_json::from_value(message)?;
            let mut write = app.log.begin(&operator.allow::<SendMessages>()?, Class::Office).await?;
            messages::send::send(&mut write, &message).await?;
            write.commit().await?;
            Ok("sends a message".to_owned())
        }
        (56..64, _) => lend(server, company, random).await,
        (64..69, _) => move_employee(server, company, random).await,
        (69..74, _) => move_place(server, company, random).await,
        _ => {
            let operator = Account { app: app.clone(), id: account }.operator();
            let lead = employees.first().copied().unwrap_or(company.employees[0]);
            let document = json!({
                "type": company.task_type, "description": "Instalar", "poi": one(&company.places, random), "external_number": format!("T-{}", random.number()),
                "assignments": [{ "employee": lead, "role": "lead" }],
            });
            let allowed = operator.allow::<ManageTasks>()?;
            let mut write = app.log.begin(&allowed, Class::Office).await?;
            let id = tasks::edit::create(&mut write, &document).await?.id;
            write.commit().await?;
            tasks.push(id);
            Ok(format!("makes {id}"))
        }
    }
}

/// Says anew who may use the shared phone.
async fn lend(server: &Server, company: &Company, random: &mut Random) -> Result<String> {
    let operator = Account { app: server.app.clone(), id: company.account }.operator();
    let allowed = operator.allow::<ManageInstallations>()?;
    let phone = Ref::Id(company.phones[SHARED_PHONE].installation);
    let employees = company.employees.iter().copied().filter(|_| random.chance(50)).map(Ref::Id).collect();
    let groups = company.groups.iter().copied().filter(|_| random.chance(40)).map(Ref::Id).collect();
    let members = Members { employees, groups };
    let version = installation::roster(&server.app, &allowed, &phone).await?.0;
    let set = installation::set_roster(&server.app, &allowed, &phone, IfMatch::one(version), &members);
    set.await?;
    let Members { employees, groups } = members;
    Ok(format!("lends the shared phone to {} employees and {} groups", employees.len(), groups.len()))
}

/// Moves an employee into a group: whoever is lent a phone with the group has it from then on, or no longer.
async fn move_employee(server: &Server, company: &Company, random: &mut Random) -> Result<String> {
    let (employee, group) = (one(&company.employees, random), one(&company.groups, random));
    change::<Employee>(server, company, employee, &json!({ "group": group })).await?;
    Ok(format!("moves {employee} into {group}"))
}

/// Moves a place: every phone that shows a task there learns it.
async fn move_place(server: &Server, company: &Company, random: &mut Random) -> Result<String> {
    let place = one(&company.places, random);
    let latitude = -12.0 - random.within(&(0..=900)) as f64 / 1000.0;
    change::<Poi>(server, company, place, &json!({ "place": { "latitude": latitude, "longitude": -77.0 } }))
        .await?;
    Ok(format!("moves the place {place}"))
}

async fn change<K: Kept>(server: &Server, company: &Company, id: Uuid, patch: &Value) -> Result<()> {
    let allowed = Account { app: server.app.clone(), id: company.account }.operator().allow::<K::Manage>()?;
    let mut write = server.app.log.begin(&allowed, Class::Office).await?;
    objects::merge::<K>(&mut write, &allowed, &Ref::Id(id), &IfMatch::Any, patch).await?;
    write.commit().await?;
    Ok(())
}

fn one(ids: &[Uuid], random: &mut Random) -> Uuid {
    ids[random.number() as usize % ids.len()]
}

/// Leaves those tasks that the server has, after it was restored.
pub(super) async fn forget_lost(server: &Server, company: &Company, tasks: &mut Vec<Uuid>) -> Result<()> {
    let left: Vec<(Uuid,)> =
        server.app.db.fetch_all("select id from task where account = $1", (company.account,)).await?;
    tasks.retain(|task| left.contains(&(*task,)));
    Ok(())
}

fn some(employees: &[Uuid], random: &mut Random) -> Vec<Uuid> {
    employees.iter().copied().filter(|_| random.chance(40)).collect()
}
