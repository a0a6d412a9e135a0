//! Of which account a request is, is told from its bearer secret before anything is read.

use axum::http::{HeaderMap, header};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use campo_server::{
    access::{PermissionName::ViewTasks, claimed_account},
    environment::Environment,
    scheduler::Class,
    secrets::Bearer,
};
use campo_tests::{api::Client, on_both, world::World};

use super::{done, refused};

on_both! {
    a_bearer_of_this_server_names_its_account_and_one_made_up_names_none,
    a_bearer_of_the_release_before_names_its_account_once_it_was_right,
}

fn named(world: &World, bearer: &str) -> Option<i64> {
    let mut headers = HeaderMap::new();
    headers.insert(header::AUTHORIZATION, format!("Bearer {bearer}").parse().unwrap());
    claimed_account(&world.app, &headers)
}

/// The same bearer with 32 random bytes.
fn at_random(bearer: &str) -> Bearer {
    let secret = URL_SAFE_NO_PAD.encode(Environment::seeded(4711, 0).random::<32>());
    Bearer { secret, ..Bearer::parse(bearer).unwrap() }
}

async fn a_bearer_of_this_server_names_its_account_and_one_made_up_names_none(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    account.user("ana", &[ViewTasks]).await.unwrap();
    let bearers = [
        account.key(&[ViewTasks]).await.unwrap(),
        account.session("ana").await.unwrap(),
        account.phone(ana).await.unwrap().bearer,
    ];
    for bearer in bearers {
        assert_eq!(named(&world, &bearer), Some(account.id), "{bearer}");
        let made_up = at_random(&bearer).format();
        assert_eq!(named(&world, &made_up), None);
        refused(
            &Client::new(&world.app, Some(&made_up)).get("/v1/session").await.unwrap(),
            401,
            "unauthenticated",
        );
        assert_eq!(named(&world, &made_up), None, "it was wrong");
        let other = Bearer { account: account.id + 1, ..Bearer::parse(&bearer).unwrap() };
        assert_eq!(named(&world, &other.format()), None, "of another account");
    }
}

async fn a_bearer_of_the_release_before_names_its_account_once_it_was_right(world: World) {
    let account = world.account("acme").await.unwrap();
    let old = at_random(&account.key(&[ViewTasks]).await.unwrap());
    let allowed = account.operator().allow::<campo_server::access::permissions::ManageKeys>().unwrap();
    let mut write = world.app.log.begin(&allowed, Class::Office).await.unwrap();
    let hash = world.app.secrets.token_hash(&old.secret).to_vec();
    let sql = "update access_key set token = $3 where account = $1 and id = $2";
    write.tx().execute(sql, (account.id, old.id, hash)).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(named(&world, &old.format()), None);
    done(&Client::new(&world.app, Some(&old.format())).get("/v1/session").await.unwrap(), 200);
    assert_eq!(named(&world, &old.format()), Some(account.id));
    let other = Bearer { account: account.id + 1, ..old };
    assert_eq!(named(&world, &other.format()), None, "of another account");
}
