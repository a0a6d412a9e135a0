"""Clients of SOAP that read our WSDL: each makes a customer and a task and asks for it again."""

import dataclasses
import pathlib
import shutil

import campo
import java_soap
from campo import Peer
from files import of_node, of_package, of_python


@dataclasses.dataclass
class Context(campo.Context):
    login: str
    password: str
    wsdl: str


def prepare(server, tools, folder):
    key = server.post("/v1/keys", {
        "code": "soap", "name": "SOAP", "permissions": [
            "use_web_services", "view_tasks", "manage_tasks", "manage_pois", "view_pois", "view_employees", "view_definitions"]})["id"]
    made = server.call("PUT", f"/v1/keys/{key}/password", {"login": "soap-peer"})
    return Context(server, tools, folder, "soap-peer", made["password"], server.url + "/services/webservices.asmx?wsdl")


def end(_):
    pass


def suds(context):
    from suds.client import Client
    client = Client(context.wsdl, cache=None)
    who = {"userName": context.login, "password": context.password}
    saved = client.service.InsertOrUpdatePointOfInterest(
        **who, operation="AutoSelect", name="Ñandú & Co. <1>", y=-12.05, x=-77.05, type="Customer",
        customerNumber="SUDS-1")
    assert saved.ResultCode == "OK", saved
    task = client.factory.create("DynamicTask")
    for field in [one[0] for one in task]:
        if field.endswith("HasValue"):
            setattr(task, field, field in ("DescriptionHasValue",))
    task.TaskNumber, task.Status, task.Description, task.Options = 71001, "NewTask", "por suds ñ", "None"
    saved = client.service.CreateOrUpdateTask(**who, operation="AutoSelect", task=task)
    assert saved.ResultCode == "OK" and saved.TaskNumber == 71001, saved
    found = client.service.GetTaskDetails(**who, taskNumber=71001)
    assert found.task.Description == "por suds ñ", found
    wrong = client.service.GetTaskDetails(userName=context.login, password="wrong", taskNumber=71001)
    assert wrong.ResultCode == "InvalidUserNameOrPasswordOrIPAddress", wrong


NODE = """
const library = require(process.argv[2]);
const [wsdl, userName, password, number] = process.argv.slice(3);
const soap = library.soap ?? library;
const client = () => new Promise((done, failed) =>
  soap.createClient(wsdl, {}, (error, made) => (error ? failed(error) : done(made))));
const call = (made, method, given) => new Promise((done, failed) =>
  made[method](given, (error, result) => (error ? failed(error) : done(result))));
const is = (found, expected) => { if (String(found) !== expected) throw new Error(`found ${found}, expected ${expected}`); };
(async () => {
  const made = await client();
  const who = { userName, password };
  const poi = await call(made, 'InsertOrUpdatePointOfInterest', { ...who, operation: 'AutoSelect', name: 'Ñ & <b>',
    y: -12.05, x: -77.05, type: 'Customer', customerNumber: `N-${number}` });
  is(poi.InsertOrUpdatePointOfInterestResult.ResultCode, 'OK');
  const task = await call(made, 'CreateOrUpdateTask', { ...who, operation: 'AutoSelect', task: { TaskNumber: number,
    Status: 'NewTask', Description: 'por Node ñ', DescriptionHasValue: true } });
  is(task.CreateOrUpdateTaskResult.ResultCode, 'OK');
  const found = await call(made, 'GetTaskDetails', { ...who, taskNumber: number });
  is(found.GetTaskDetailsResult.task.Description, 'por Node ñ');
  const wrong = await call(made, 'GetTaskDetails', { userName, password: 'wrong', taskNumber: number });
  is(wrong.GetTaskDetailsResult.ResultCode, 'InvalidUserNameOrPasswordOrIPAddress');
})().catch((error) => { console.error(error.message ?? error); process.exit(1); });
"""


def node(library, number):
    def calls(context):
        script = context.folder / "soap.cjs"
        script.write_text(NODE)
        context.run("node", script, library, context.wsdl, context.login, context.password, number)
    return calls


GSOAP = """
#include "soapWebServicesSoapProxy.h"
#include "WebServicesSoap.nsmap"
#include <cstdio>
#include <cstring>
int main(int, char **argv) {
    WebServicesSoapProxy proxy(argv[1], SOAP_C_UTFSTRING);
    std::string login = argv[2], password = argv[3];
    _ns1__GetTaskTypeList ask;
    ask.userName = &login;
    ask.password = &password;
    _ns1__GetTaskTypeListResponse answer;
    if (proxy.GetTaskTypeList(&ask, answer) != SOAP_OK) { proxy.soap_stream_fault(std::cerr); return 1; }
    if (answer.GetTaskTypeListResult->ResultCodeAsInt != 0) { std::fprintf(stderr, "refused\\n"); return 1; }
    return 0;
}
"""


def gsoap(context):
    folder = context.folder / "gsoap"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    context.run("wsdl2h", "-o", "campo.h", context.wsdl, folder=folder)
    context.run("soapcpp2", "-j", "-C", "-x", "-I/usr/share/gsoap/import", "campo.h", folder=folder)
    proxy = next(one.name for one in folder.iterdir() if one.name.endswith("SoapProxy.h"))
    table = next(one.name for one in folder.iterdir() if one.name.endswith("Soap.nsmap"))
    text = GSOAP.replace("soapWebServicesSoapProxy.h", proxy).replace("WebServicesSoap.nsmap", table)
    (folder / "main.cpp").write_text(text.replace("WebServicesSoapProxy", proxy.removeprefix("soap").removesuffix(".h")))
    context.run("g++", "-w", "-o", "client", "main.cpp", "soapC.cpp", proxy.replace(".h", ".cpp"), "-lgsoap++", folder=folder, seconds=600)
    context.run("./client", context.campo.url + "/services/webservices.asmx", context.login, context.password, folder=folder)


def mono(context):
    folder = context.folder / "mono"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    context.run("svcutil", "-noConfig", "-out:campo.cs", context.wsdl, folder=folder)
    libraries = [f"-r:{one}" for one in ("System.ServiceModel", "System.Runtime.Serialization", "System.Xml")]
    program = pathlib.Path(__file__).parent / "mono/Tasks.cs"
    context.run("mcs", *libraries, "-out:tasks.exe", program, "campo.cs", folder=folder)
    context.run("mono", "tasks.exe", context.wsdl, context.login, context.password, "84001", folder=folder)


PEERS = [
    Peer("suds-community", "reads the WSDL; customer, task, question, wrong password", of_python("suds-community"), suds),
    Peer("node soap", "the same", of_node("soap"), node("soap", "72001")),
    Peer("strong-soap", "the same", of_node("strong-soap"), node("strong-soap", "73001")),
    Peer("gSOAP", "reads the WSDL into C++, compiles, asks for the task types", of_package("gsoap"), gsoap),
    *java_soap.PEERS,
    Peer("Mono's svcutil", "reads the WSDL into C#, compiles with WCF; task, question, note, wrong password", of_package("mono-devel"), mono),
]
