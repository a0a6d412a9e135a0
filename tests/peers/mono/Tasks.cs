using System;
using System.ServiceModel;
using Trackem.Web.Services;

/// A task made, asked for and noted by the client of WCF. Arguments: the WSDL, the log-in, its password, the task's number.
public static class Tasks {
    public static void Main(string[] arguments) {
        var binding = new BasicHttpBinding { MaxReceivedMessageSize = 10000000 };
        var port = new WebServicesSoapClient(binding, new EndpointAddress(arguments[0].Split('?')[0]));
        string login = arguments[1], password = arguments[2];
        long number = long.Parse(arguments[3]);
        var task = new DynamicTask {
            TaskNumber = number, Status = TaskStatus.NewTask, Description = "por Mono ñ & <b>", DescriptionHasValue = true
        };
        Is(port.CreateOrUpdateTask(login, password, Operations.AutoSelect, task).ResultCode, "OK");
        Is(port.GetTaskDetails(login, password, number).task.Description, "por Mono ñ & <b>");
        Is(port.AddTaskAuditNote(login, password, number, "nota").ResultCode, "OK");
        Is(port.GetTaskDetails(login, "wrong", number).ResultCode, "InvalidUserNameOrPasswordOrIPAddress");
    }

    static void Is(object found, string expected) {
        if (found == null || found.ToString() != expected) throw new Exception("found " + found + ", expected " + expected);
    }
}
