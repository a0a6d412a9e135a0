"""Calls every working method by our WSDL with zeep: python client.py URL LOGIN PASSWORD."""

import sys

import zeep
from zeep.wsse.username import UsernameToken

url, login, password = sys.argv[1:4]
auth = {"userName": login, "password": password}


def check(found, expected):
    assert found == expected, f"found {found!r}, expected {expected!r}"


def ok(result):
    assert result.ResultCode == "OK" and result.ResultCodeAsInt == 0, result
    return result


typed = zeep.Client(f"{url}/services/webservices.asmx?wsdl")
soap = typed.service
factory = typed.type_factory("ns0")


def dynamic_task(**fields):
    """A DynamicTask of which these fields count; every flag must be there, as .NET makes them."""
    values = {}
    for name, _ in typed.get_type("ns0:DynamicTask").elements:
        if name.endswith("HasValue"):
            values[name] = name[: -len("HasValue")] in fields
    values.update({"TaskNumber": 0, "Status": "DontChange", "Options": ["None"]})
    values.update(fields)
    return factory.DynamicTask(**values)


ok(soap.InsertOrUpdatePointOfInterest(
    **auth, operation="AutoSelect", name="Ñandú & Co. <1>", y=-12.05, x=-77.05, type=["Customer"], customerNumber="C-0042",
    street="Sample Street", data2="dos", isParent="true"))
ok(soap.InsertOrUpdatePointOfInterest(
    **auth, operation="Create", name="Branch", type=["POI"], customerNumber="C-0043", parentPoi="C-0042"))
pois = ok(soap.GetPointOfInterestList(**auth, statusMask="Enabled", typeMask=["All"])).Result.PointOfInterest
by_number = {poi.CustomerNumber: poi for poi in pois}
check(by_number["C-0042"].Name, "Ñandú & Co. <1>")
check((by_number["C-0042"].Y, by_number["C-0042"].X), (-12.05, -77.05))
check(by_number["C-0042"].Data2, "dos")
check(by_number["C-0043"].ParentPoi, "C-0042")
link = {"customerNumber": "C-0042", "employeeNumber": "ZZ1001", "options": "Recursive"}
ok(soap.InsertPointOfInterestForEmployee(**auth, **link))
ok(soap.DeletePointOfInterestForEmployee(**auth, **link))
check(soap.DeletePointOfInterestForEmployee(**auth, **link).ResultCode, "PointOfInterestForEmployeeNotFound")
ok(soap.GetPointOfInterestListIncludePoint(**auth, typeMask=["All"], x=-77.05, y=-12.05))

made = ok(soap.CreateOrUpdateTask(
    **auth, operation="AutoSelect", task=dynamic_task(
        TaskNumber=700123, EmployeeNumber="ZZ1001", CustomerNumber="C-0042", TaskTypeCode="SUP99",
        DueDateTime="203001151800", Duration=0.75, Description="700123-55501", Status="NewTask",
        Location={"X": -77.05, "Y": -12.05, "Address": "Sample Street 100"}, Data30="1) ITEM(2)\n2) ITEM(1)",
        MaximalRadiusForEntries=0.3, ProhibitEntriesOutsideRadius="1", Priority="Highest")))
check(made.TaskNumber, 700123)
details = ok(soap.GetTaskDetails(**auth, taskNumber=700123)).task
check(details.EmployeeNumber, "ZZ1001")
check(details.Status, "NewTask")
check(details.Data30, "1) ITEM(2)\n2) ITEM(1)")
check(details.DueDateTime, "20300115180000")
check(details.Priority, "Highest")
check(details.TaskType.Code, "SUP99")
check(round(details.MaximalRadiusForEntries, 3), 0.3)
ok(soap.UpdateTaskServiceTime(**auth, taskNumber=700123, startTimeWindow="2030-01-16T09:00:00",
                              endTimeWindow="16012030110000", data5="cinco"))
ok(soap.AddTaskAuditNote(**auth, taskNumber=700123, note="Llamó el cliente"))
details = ok(soap.GetTaskDetails(**auth, taskNumber=700123)).task
check((details.StartDateTime, details.DueDateTime, details.Data5), ("20300116090000", "20300116110000", "cinco"))
check(soap.GetTaskDetails(**auth, taskNumber=1).ResultCode, "TaskNumberNotFound")
given = ok(soap.CreateOrUpdateTask(**auth, operation="Create", task=dynamic_task(Description="without a number")))
assert given.TaskNumber > 0, given
check([one.Code for one in ok(soap.GetTaskTypeList(**auth)).Result.TaskType], ["SUP99"])
check(ok(soap.GetTaskType(**auth, code="SUP99")).Result.Name, "Type SUP99")
check(soap.GetTaskType(**auth, code="NONE").ResultCode, "TaskTypeNotFound")
check(soap.CreateOrUpdateTask(userName=login, password="wrong", operation="Create", task=dynamic_task()).ResultCode,
      "InvalidUserNameOrPasswordOrIPAddress")
ok(soap.DeletePointOfInterest(**auth, customerNumber="C-0043"))
check(soap.Geocode(**auth, address="Sample Street").ResultCode, "ZeroResults")
check(soap.SetBidWinner(**auth, bidResourceGUID="x").ResultCode, "ModuleNotSet")

soap12 = typed.create_service("{Trackem.Web.Services}WebServicesSoap12", f"{url}/SERVICES/WebServices.asmx")
check(ok(soap12.GetTaskDetails(**auth, taskNumber=700123)).task.Description, "700123-55501")

digest = UsernameToken(login, password, use_digest=True)
for wsse in [UsernameToken(login, password), digest, UsernameToken(login, password, use_digest=True)]:
    signed = zeep.Client(f"{url}/services/webservices.asmx?wsdl", wsse=wsse).service
    ok(signed.GetTaskDetails(taskNumber=700123))
wrong = zeep.Client(f"{url}/services/webservices.asmx?wsdl", wsse=UsernameToken(login, "wrong", use_digest=True)).service
check(wrong.GetTaskDetails(taskNumber=700123).ResultCode, "InvalidUserNameOrPasswordOrIPAddress")

tasks = zeep.Client(f"{url}/Services/TaskManagement.asmx?WSDL").service
document = f"""<?xml version="1.0"?>
<CreateOrUpdateTaskRequest><UserName>{login}</UserName><Password>{password.replace("&", "&amp;")}</Password><Operation>AutoSelect</Operation>
<TaskNumber>700124</TaskNumber><Status>NewTask</Status></CreateOrUpdateTaskRequest>
"""
check(tasks.CreateOrUpdateTask(document), "OK")
print("zeep", zeep.__version__, "done")
