//! Imports by the services, with the mapping of the request.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use campo_server::{capabilities, jobs};
use campo_tests::{on_both, world::World};

use super::{Customer, assert_ok, envelope, within};

on_both! {
    points_are_imported_and_deleted_by_the_mapping_of_the_request,
    small_tables_are_imported_at_once,
    days_without_work_are_whole_days_stretches_or_come_back_each_week,
}

/// Calls a method whose request holds name and password.
async fn call(customer: &Customer, method: &str, parameter: &str, inner: &str) -> String {
    let login = &customer.login;
    let body = envelope(&format!(
        "<{method} xmlns=\"Trackem.Web.Services\"><{parameter}><UserName>{login}</UserName>\
         <Password>a secret &amp; a half</Password>{inner}</{parameter}></{method}>"
    ));
    let answer = customer.send("webservices.asmx", "text/xml", body).await;
    within(&String::from_utf8(answer.body).unwrap(), &format!("{method}Result"))
}

/// A file of a request, as its bytes.
fn source(text: &str, name: &str) -> String {
    let data = STANDARD.encode(text);
    format!(
        "<DataSource><Data>{data}</Data><DataFormat>AutoDetect</DataFormat><FirstRowHasColumnNames>true</FirstRowHasColumnNames>\
         <FileName>{name}</FileName></DataSource>"
    )
}

async fn points_are_imported_and_deleted_by_the_mapping_of_the_request(world: World) {
    let customer = Customer::of(&world, "acme").await;
    let app = world.app.clone();
    let worker = tokio::spawn(async move { jobs::run(&app, capabilities::JOBS).await });
    let source = source("Código,Nombre,Lat,Lon\nC-1,Uno,-12.05,-77.05\nC-2,Dos,x,-77.05\n", "puntos.csv");
    let mapping = "<ColumnMapping><CustomerNumber>Código</CustomerNumber><Name>Nombre</Name><Y>Lat</Y><X>Lon</X></ColumnMapping>";
    let imported = call(&customer, "ImportPointsOfInterest", "request", &format!("{source}{mapping}")).await;
    assert_eq!(within(&imported, "ReturnValue"), "SomeRowsSkipped", "{imported}");
    assert_eq!((within(&imported, "RowsImported"), within(&imported, "RowsRead")), ("1".into(), "2".into()));
    assert!(within(&imported, "DataString").contains("C-2"), "{imported}");
    assert_eq!(customer.office.get("/v1/pois/code:C-1").await["place"]["latitude"], -12.05);
    let guid = within(&imported, "ImportGuid");
    let status = customer.call("AsyncImportResult", &format!("<importGuid>{guid}</importGuid>")).await;
    assert_eq!(within(&status, "ImportSubStatus"), "Done_WithErrorsInRows", "{status}");
    let unknown = customer.call("AsyncImportResult", "<importGuid>none</importGuid>").await;
    assert_eq!(within(&unknown, "ReturnValue"), "ImportGuidNotFound");
    let lacking = "<ColumnMapping><CustomerNumber>Number</CustomerNumber></ColumnMapping>";
    let lacking = call(&customer, "ImportPointsOfInterest", "request", &format!("{source}{lacking}")).await;
    assert_eq!(within(&lacking, "ReturnValue"), "InvalidColumnMapping", "{lacking}");
    let number = "<ColumnMapping><CustomerNumber>Código</CustomerNumber></ColumnMapping>";
    let deleted = call(&customer, "DeletePointsOfInterest", "request", &format!("{source}{number}")).await;
    assert_eq!(within(&deleted, "RowsDeleted"), "1", "{deleted}");
    assert_ok(
        &customer
            .call("GetPointOfInterestList", "<statusMask>Deleted</statusMask><typeMask>All</typeMask>")
            .await,
    );
    let delete_all = "<UnlistedPoiHandling><Method>Delete</Method></UnlistedPoiHandling>";
    let refused =
        call(&customer, "ImportPointsOfInterest", "request", &format!("{source}{mapping}{delete_all}")).await;
    assert_eq!(within(&refused, "ReturnValue"), "InvalidRequest");
    worker.abort();
}

async fn small_tables_are_imported_at_once(world: World) {
    let customer = Customer::of(&world, "acme").await;
    let source = |text: &str| format!("<DataSource><DataString>{text}</DataString></DataSource>");
    let groups = format!(
        "{}<ColumnMapping><Code>Cod</Code><Name>Nom</Name></ColumnMapping>",
        source("Cod;Nom\nNORTE;Zona norte\nSUR;Zona sur\n")
    );
    let imported = call(&customer, "ImportGroups", "request", &groups).await;
    assert_eq!(
        (within(&imported, "ReturnValue"), within(&imported, "RowsImported")),
        ("OK".into(), "2".into()),
        "{imported}"
    );
    assert_eq!(customer.office.get("/v1/groups/code:NORTE").await["name"], "Zona norte");
    let table = |text: &str, option: &str| {
        format!(
            "<Code>CITIES</Code><Name>Cities</Name>{}<Options><ItemsNotInFileOption>{option}</ItemsNotInFileOption></Options>",
            source(text)
        )
    };
    let first = call(
        &customer,
        "ImportFormDataTable",
        "Request",
        &table("Code,Name,Zip\n1,Lima,15001\n2,Cusco,08000\n", "Leave"),
    )
    .await;
    assert_eq!(within(&first, "RowsImported"), "2", "{first}");
    let city = customer.office.get("/v1/catalogue-items/code:CITIES:2").await;
    assert_eq!((city["name"].as_str(), city["values"]["Zip"].as_str()), (Some("Cusco"), Some("08000")));
    call(&customer, "ImportFormDataTable", "Request", &table("Code,Name\n1,Lima\n", "Delete")).await;
    let left = customer.office.get("/v1/catalogue-items?table=CITIES").await;
    assert_eq!(left["items"].as_array().unwrap().len(), 1, "{left}");
}

async fn days_without_work_are_whole_days_stretches_or_come_back_each_week(world: World) {
    let customer = Customer::of(&world, "acme").await;
    let app = world.app.clone();
    let worker = tokio::spawn(async move { jobs::run(&app, capabilities::JOBS).await });
    let request = |text: &str, mapping: &str, options: &str| {
        let source = source(text, "feriados.csv");
        format!("{source}<ColumnMapping>{mapping}</ColumnMapping><Options>{options}</Options>")
    };
    let text = "Clave,Motivo,Desde,Hasta,De,A,Sáb,Dom\n\
        NAVIDAD,Navidad,12/25/2030,,,,,\n\
        TARDE,Tarde cerrada,12/24/2030,,13:00,18:30,,\n\
        FIN,Fin de semana,01/05/2030,12/31/2030,,,x,1\n\
        MAL,Sin día,31/12/2030,,,,,\n";
    let mapping = "<Code>Clave</Code><Description>Motivo</Description><FromDate>Desde</FromDate><ToDate>Hasta</ToDate>\
        <FromTime>De</FromTime><ToTime>A</ToTime><Saturday>Sáb</Saturday><Sunday>Dom</Sunday>";
    let options = "<DateFormat>MM/dd/yyyy</DateFormat>";
    let imported = call(&customer, "ImportNonWorkingDays", "request", &request(text, mapping, options)).await;
    assert_eq!(within(&imported, "ReturnValue"), "SomeRowsSkipped", "{imported}");
    assert_eq!(within(&imported, "RowsImported"), "3", "{imported}");
    assert!(within(&imported, "DataString").contains("MAL"), "{imported}");
    let days = async |code: &str| customer.office.get(&format!("/v1/non-working-days/code:{code}")).await;
    let whole = days("NAVIDAD").await;
    assert_eq!((&whole["from_date"], &whole["schedule_type"]), (&"2030-12-25".into(), &"days".into()));
    assert_eq!(whole["whole_company"], true);
    let stretch = days("TARDE").await;
    assert_eq!(stretch["schedule_type"], "period", "{stretch}");
    assert_eq!((&stretch["from_time"], &stretch["to_time"]), (&"13:00:00".into(), &"18:30:00".into()));
    let weekly = days("FIN").await;
    assert_eq!(weekly["weekdays"], serde_json::json!(["saturday", "sunday"]), "{weekly}");
    assert_eq!(weekly["to_date"], "2030-12-31");

    let moments = "Clave,Inicio,Fin\nA,2030-07-27T12:00:00,2030-07-29T08:00:00\n";
    let mapping = "<Code>Clave</Code><FromDateTime>Inicio</FromDateTime><ToDateTime>Fin</ToDateTime>";
    let imported = call(&customer, "ImportNonWorkingDays", "request", &request(moments, mapping, "")).await;
    assert_eq!(within(&imported, "ReturnValue"), "OK", "{imported}");
    let stretch = days("A").await;
    assert_eq!((&stretch["to_date"], &stretch["to_time"]), (&"2030-07-29".into(), &"08:00:00".into()));
    for (mapping, options) in [
        ("<Code>Clave</Code><Vehicle>Inicio</Vehicle>", ""),
        (mapping, "<UnlistedNonWorkingDaysHandling>Delete</UnlistedNonWorkingDaysHandling>"),
    ] {
        let refused =
            call(&customer, "ImportNonWorkingDays", "request", &request(moments, mapping, options)).await;
        assert_eq!(within(&refused, "ReturnValue"), "InvalidRequest", "{refused}");
    }
    worker.abort();
}
