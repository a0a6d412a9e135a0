import campo.*;
import java.net.URL;

/** A task made, asked for and noted by JAX-WS; a wrong password. Arguments: the WSDL, the log-in, its password. */
public class Tasks {
    public static void main(String[] arguments) throws Exception {
        WebServicesSoap port = new WebServices(new URL(arguments[0])).getWebServicesSoap();
        run(port, arguments[1], arguments[2], Long.parseLong(arguments[3]));
        TaskDetailsResult wrong = port.getTaskDetails(arguments[1], "wrong", 1);
        is(wrong.getResultCode().value(), "InvalidUserNameOrPasswordOrIPAddress");
    }

    static void run(WebServicesSoap port, String login, String password, long number) {
        DynamicTask task = new DynamicTask();
        task.setTaskNumber(number);
        task.setStatus(TaskStatus.fromValue("NewTask"));
        task.setDescription("por Java ñ & <b>");
        task.setDescriptionHasValue(true);
        TaskNumberResult saved = port.createOrUpdateTask(login, password, Operations.fromValue("AutoSelect"), task);
        is(saved.getResultCode().value(), "OK");
        is(String.valueOf(saved.getTaskNumber()), String.valueOf(number));
        TaskDetailsResult found = port.getTaskDetails(login, password, number);
        is(found.getTask().getDescription(), "por Java ñ & <b>");
        is(port.addTaskAuditNote(login, password, number, "nota").getResultCode().value(), "OK");
        is(port.getTaskTypeList(login, password).getResultCode().value(), "OK");
    }

    static void is(String found, String expected) {
        if (!expected.equals(found)) throw new IllegalStateException("found " + found + ", expected " + expected);
    }
}
