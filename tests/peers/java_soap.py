"""Java's clients of SOAP: each reads our WSDL into classes of its own, is compiled, and makes and asks for tasks."""

import pathlib
import re
import shutil

from campo import Peer

SOURCES = pathlib.Path(__file__).parent / "java"
RI = ("ri", "com.sun.tools.ws.WsImport", "-extension", "-keep", "-Xnocompile", "-d", "src", "-p", "campo")
CXF = ("cxf", "org.apache.cxf.tools.wsdlto.WSDLToJava", "-d", "src", "-p", "campo")
AXIS = ("axis", "org.apache.axis.wsdl.WSDL2Java", "-o", "src", "-p", "campo")


def of_maven(toolkit):
    def version(_):
        return re.search(r"<version>([^<]+)</version>\s*<!-- the peer -->", (SOURCES / f"{toolkit}.xml").read_text())[1]
    return version


def client(generator, number, *programs):
    """Generates with a toolkit, compiles the programs with what it made, and runs the last of them."""
    toolkit, *generate = generator

    def calls(context):
        jars = context.tools / "java" / toolkit
        folder = context.folder / toolkit
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "src").mkdir(parents=True)
        context.run("java", "-cp", f"{jars}/*", *generate, context.wsdl, folder=folder)
        made = sorted((folder / "src").rglob("*.java"))
        sources = [SOURCES / f"{one}.java" for one in programs]
        context.run("javac", "-nowarn", "-encoding", "UTF-8", "-cp", f"{jars}/*", "-d", "out", *sources, *made, folder=folder)
        context.run(
            "java", "-cp", f"out:{jars}/*", programs[-1], context.wsdl, context.login, context.password, number,
            folder=folder)
    return calls


PEERS = [
    Peer("JAX-WS RI", "reads the WSDL into Java, compiles; task, question, note, wrong password", of_maven("ri"), client(RI, "81001", "Tasks")),
    Peer("Apache CXF", "the same", of_maven("cxf"), client(CXF, "82001", "Tasks")),
    Peer("Apache CXF with WSS4J", "the same with a UsernameToken, its password as text and as digest", of_maven("cxf"),
         client(CXF, "82101", "Tasks", "Secured")),
    Peer("Axis 1.4", "the same by JAX-RPC", of_maven("axis"), client(AXIS, "83001", "Old")),
]
