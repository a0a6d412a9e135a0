"""Reads a task by SOAP with zeep, signed by WS-Security."""

import os

import zeep
from zeep.wsse.username import UsernameToken

wsdl = os.environ["CAMPO_URL"] + "/services/webservices.asmx?WSDL"
token = UsernameToken(os.environ["CAMPO_LOGIN"], os.environ["CAMPO_PASSWORD"], use_digest=True)
campo = zeep.Client(wsdl, wsse=token).service
answer = campo.GetTaskDetails(taskNumber=700123)
if answer.ResultCode != "OK":
    raise SystemExit(f"{answer.ResultCode}: {answer.ResultMessages}")
print(answer.task.TaskNumber, answer.task.Status, answer.task.Description)
