//! What the office decides.

use anyhow::Result;
use campo_protocol::{model::Ref, task::status::Status};
use campo_server::{
    access::permissions::{ManageInstallations, ManageTasks, SendMessages},
    api::edit::IfMatch,
    installations::{installation, members::Members},
    messages,
    scheduler::Class,
    tasks,
};
use serde_json::json;
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
        _ => {
            let operator = Account { app: app.clone(), id: account }.operator();
            let lead = employees.first().copied().unwrap_or(company.employees[0]);
            let document = json!({
                "type": company.task_type, "description": "Instalar", "external_number": format!("T-{}", random.number()),
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
    let employees = company.employees.iter().copied().filter(|_| random.chance(70)).map(Ref::Id).collect();
    let members = Members { employees, groups: Vec::new() };
    let version = installation::roster(&server.app, &allowed, &phone).await?.0;
    let set = installation::set_roster(&server.app, &allowed, &phone, IfMatch::one(version), &members);
    set.await?;
    Ok(format!("lends the shared phone to {} employees", members.employees.len()))
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
