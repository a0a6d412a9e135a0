import campo.*;
import java.net.URL;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import org.apache.cxf.frontend.ClientProxy;
import org.apache.cxf.ws.security.wss4j.WSS4JOutInterceptor;
import org.apache.wss4j.common.ext.WSPasswordCallback;

/** The same with the log-in in a UsernameToken of WSS4J, its password as text and as digest, and none in the body. */
public class Secured {
    public static void main(String[] arguments) throws Exception {
        int next = Integer.parseInt(arguments[3]);
        for (String type : new String[] {"PasswordText", "PasswordDigest"}) {
            Tasks.run(port(arguments[0], arguments[1], arguments[2], type), null, null, next++);
        }
        TaskTypeListResult wrong = port(arguments[0], arguments[1], "wrong", "PasswordDigest").getTaskTypeList(null, null);
        Tasks.is(wrong.getResultCode().value(), "InvalidUserNameOrPasswordOrIPAddress");
    }

    static WebServicesSoap port(String wsdl, String login, String password, String type) throws Exception {
        WebServicesSoap port = new WebServices(new URL(wsdl)).getWebServicesSoap();
        CallbackHandler asked = callbacks -> {
            for (Callback one : callbacks) ((WSPasswordCallback) one).setPassword(password);
        };
        Map<String, Object> token =
            Map.of("action", "UsernameToken", "user", login, "passwordType", type, "passwordCallbackRef", asked);
        ClientProxy.getClient(port).getOutInterceptors().add(new WSS4JOutInterceptor(token));
        return port;
    }
}
