//! Points of interest by the services.

use campo_tests::{on_both, world::World};
use serde_json::json;

use super::{Customer, assert_ok, code, within};
use crate::tasks::assert_has;

on_both! {
    a_point_is_made_changed_listed_and_removed,
    areas_that_contain_a_place_are_found,
}

async fn a_point_is_made_changed_listed_and_removed(world: World) {
    let customer = Customer::of(&world, "acme").await;
    let save =
        |inner: &str| format!("<operation>AutoSelect</operation><customerNumber>C-1</customerNumber>{inner}");
    let first = save(
        "<name>First</name><type>Customer DistributionCenter</type><y>-12.05</y><x>-77.05</x><data2>two</data2>",
    );
    assert_ok(&customer.call("InsertOrUpdatePointOfInterest", &first).await);
    // what is not sent stays, what is empty goes
    assert_ok(&customer.call("InsertOrUpdatePointOfInterest", &save("<phone1>1</phone1><data2/>")).await);
    let stands = customer.office.get("/v1/pois/code:C-1").await;
    assert_has(
        &stands,
        &json!({
            "name": "First", "kinds": ["customer", "distribution_center"], "phone1": "1", "data": null,
            "place": { "latitude": -12.05, "longitude": -77.05 }
        }),
    );
    // the robot that put the latitude into X is told so
    let swapped = customer.call("InsertOrUpdatePointOfInterest", &save("<x>-12.05</x><y>-77.05</y>")).await;
    assert_ok(&swapped);
    assert!(within(&swapped, "ResultMessages").contains("intercambiadas"), "{swapped}");
    let orphan = "<operation>Create</operation><customerNumber>C-2</customerNumber><name>Second</name><parentPoi>none</parentPoi>";
    let orphan = customer.call("InsertOrUpdatePointOfInterest", orphan).await;
    assert_eq!(code(&orphan), "PoiCreatedWithoutParentPoiParentNotFound");
    let named =
        "<operation>Update</operation><customerNumber>C-2</customerNumber><parentPoi>first</parentPoi>";
    assert_ok(&customer.call("InsertOrUpdatePointOfInterest", named).await);
    let listed = customer
        .call("GetPointOfInterestList", "<statusMask>Enabled</statusMask><typeMask>POI</typeMask>")
        .await;
    assert_ok(&listed);
    assert_eq!(
        (within(&listed, "CustomerNumber"), within(&listed, "ParentPoi")),
        ("C-2".into(), "C-1".into())
    );
    assert_eq!(listed.matches("<PointOfInterest>").count(), 1);
    // what looks the same is the same point
    let apart =
        "<operation>Update</operation><customerNumber>\u{FEFF}AN\u{303}O</customerNumber><name>Third</name>";
    assert_eq!(code(&customer.call("InsertOrUpdatePointOfInterest", apart).await), "CustomerNumberNotFound");
    let made = apart.replace("Update", "Create");
    assert_ok(&customer.call("InsertOrUpdatePointOfInterest", &made).await);
    assert_eq!(customer.office.get("/v1/pois/code:A%C3%91O").await["name"], "Third");
    assert_ok(&customer.call("DeletePointOfInterest", "<customerNumber>AÑO </customerNumber>").await);
    // what has others below it stays
    let held = customer.call("DeletePointOfInterest", "<customerNumber>C-1</customerNumber>").await;
    assert_eq!(code(&held), "OperationNotAllowed");
    assert_ok(&customer.call("DeletePointOfInterest", "<customerNumber>C-2</customerNumber>").await);
    let gone = customer.call("DeletePointOfInterest", "<customerNumber>C-2</customerNumber>").await;
    assert_eq!(code(&gone), "CustomerNumberNotFound");
    let nameless = customer.call("InsertOrUpdatePointOfInterest", "<operation>Create</operation>").await;
    assert_eq!(code(&nameless), "RequiredDataIsMissing");
}

async fn areas_that_contain_a_place_are_found(world: World) {
    let customer = Customer::of(&world, "acme").await;
    let corner = |latitude: f64, longitude: f64| json!({ "latitude": latitude, "longitude": longitude });
    let area = json!({
        "number": "A-1", "name": "Area", "kinds": ["polygon"],
        "polygon": [corner(-12.0, -77.0), corner(-12.0, -78.0), corner(-13.0, -78.0), corner(-13.0, -77.0)]
    });
    customer.office.post("/v1/pois", area).await;
    for (x, y, count) in [("-77.5", "-12.5", 1), ("-76.5", "-12.5", 0)] {
        let inner = format!("<typeMask>All</typeMask><x>{x}</x><y>{y}</y>");
        let found = customer.call("GetPointOfInterestListIncludePoint", &inner).await;
        assert_eq!(found.matches("<CustomerNumber>A-1</CustomerNumber>").count(), count, "{found}");
    }
}
