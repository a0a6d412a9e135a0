import campo.*;
import java.net.URL;

/** The same by JAX-RPC, as customers' programs of 2006 do it: arguments as for Tasks. */
public class Old {
    public static void main(String[] arguments) throws Exception {
        String address = arguments[0].replaceFirst("[?].*", "");
        WebServicesSoap_PortType port = new WebServicesLocator().getWebServicesSoap(new URL(address));
        String login = arguments[1], password = arguments[2];
        long number = Long.parseLong(arguments[3]);
        DynamicTask task = new DynamicTask();
        task.setTaskNumber(number);
        task.setStatus(TaskStatus.fromValue("NewTask"));
        task.setDescription("por Axis ñ & <b>");
        task.setDescriptionHasValue(true);
        task.setOptions(new String[] {"None"});
        TaskNumberResult saved = port.createOrUpdateTask(login, password, Operations.fromValue("AutoSelect"), task);
        is(saved.getResultCode().getValue(), "OK");
        is(port.getTaskDetails(login, password, number).getTask().getDescription(), "por Axis ñ & <b>");
        is(port.addTaskAuditNote(login, password, number, "nota").getResultCode().getValue(), "OK");
        is(port.getTaskDetails(login, "wrong", number).getResultCode().getValue(), "InvalidUserNameOrPasswordOrIPAddress");
    }

    static void is(String found, String expected) {
        if (!expected.equals(found)) throw new IllegalStateException("found " + found + ", expected " + expected);
    }
}
