#!/bin/sh
# Creates or changes a task by SOAP with curl, as programs of the first generation do.
set -eu
curl --silent --show-error --fail "$CAMPO_URL/services/TaskManagement.asmx" \
    --header 'Content-Type: text/xml; charset=utf-8' \
    --header 'SOAPAction: "Trackem.Web.Services/CreateOrUpdateTask"' \
    --data @- <<EOT
<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
<CreateOrUpdateTask xmlns="Trackem.Web.Services"><Request><![CDATA[<?xml version="1.0"?>
<CreateOrUpdateTaskRequest>
  <UserName>$CAMPO_LOGIN</UserName><Password>$CAMPO_PASSWORD</Password>
  <Operation>AutoSelect</Operation>
  <TaskNumber>700123</TaskNumber>
  <Status>NewTask</Status>
  <Description>Install the router</Description>
  <CustomerName>Example customer</CustomerName>
  <Location><East>-77.05</East><North>-12.05</North><Address>Sample Street 100</Address></Location>
</CreateOrUpdateTaskRequest>]]></Request></CreateOrUpdateTask>
</soap:Body></soap:Envelope>
EOT
