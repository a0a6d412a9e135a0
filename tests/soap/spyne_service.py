"""A service of spyne that takes CreateOrUpdateTask and keeps each task durably: what `make bench` compares our SOAP with.

Prints its address; the database is a file that goes with the process.
"""

import logging
import sqlite3
import tempfile

from spyne import Application, ComplexModel, Integer, ServiceBase, Unicode, rpc
from spyne.protocol.soap import Soap11
from spyne.server.wsgi import WsgiApplication
from waitress.server import create_server

# It tells of each call that waits for another
logging.getLogger("waitress.queue").setLevel(logging.ERROR)

SPACE = "Trackem.Web.Services"
folder = tempfile.TemporaryDirectory()


class Task(ComplexModel):
    __namespace__ = SPACE
    TaskNumber = Integer
    Description = Unicode
    Status = Unicode
    CustomerName = Unicode
    DescriptionHasValue = Unicode
    CustomerNameHasValue = Unicode


class Result(ComplexModel):
    __namespace__ = SPACE
    ResultCode = Unicode
    TaskNumber = Integer


def connect():
    database = sqlite3.connect(folder.name + "/tasks.db", timeout=30)
    database.execute("pragma journal_mode = wal")
    database.execute("pragma synchronous = full")
    return database


class Service(ServiceBase):
    @rpc(Unicode, Unicode, Unicode, Task, _returns=Result, _out_variable_name="CreateOrUpdateTaskResult")
    def CreateOrUpdateTask(ctx, userName, password, operation, task):
        database = connect()
        with database:
            database.execute(
                "insert into task (number, description, customer) values (?, ?, ?) on conflict (number) do update set "
                "description = excluded.description, customer = excluded.customer",
                (task.TaskNumber, task.Description, task.CustomerName))
        database.close()
        return Result(ResultCode="OK", TaskNumber=task.TaskNumber)


connect().execute("create table task (number integer primary key, description text, customer text)")
application = Application([Service], SPACE, in_protocol=Soap11(), out_protocol=Soap11())
server = create_server(WsgiApplication(application), host="127.0.0.1", port=0, threads=4)
print(f"127.0.0.1:{server.effective_port}", flush=True)
server.run()
