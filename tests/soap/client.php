<?php
// Calls methods by our WSDL with PHP's SoapClient, by HTTP/1.1 and 1.0: php client.php URL LOGIN PASSWORD.
[, $url, $login, $password] = $argv;
error_reporting(E_ALL);
set_error_handler(function ($level, $message, $file, $line) { throw new ErrorException($message, 0, $level, $file, $line); });

function check($found, $expected) {
    if ($found !== $expected) {
        throw new Exception('found ' . var_export($found, true) . ', expected ' . var_export($expected, true));
    }
}

$contexts = [
    '1.1' => stream_context_create(),
    '1.0' => stream_context_create(['http' => ['protocol_version' => 1.0]]),
];
foreach ($contexts as $version => $context) {
    foreach ([SOAP_1_1, SOAP_1_2] as $soap) {
        $options = ['cache_wsdl' => WSDL_CACHE_NONE, 'exceptions' => true, 'soap_version' => $soap,
            'stream_context' => $context, 'trace' => true];
        $client = new SoapClient("$url/services/webservices.asmx?WSDL", $options);
        $auth = ['userName' => $login, 'password' => $password];
        $saved = $client->InsertOrUpdatePointOfInterest($auth + ['operation' => 'AutoSelect', 'name' => 'Ñ & <b>',
            'y' => -12.05, 'x' => -77.05, 'type' => 'Customer', 'customerNumber' => 'P-1']);
        check($saved->InsertOrUpdatePointOfInterestResult->ResultCode, 'OK');
        check($saved->InsertOrUpdatePointOfInterestResult->ResultCodeAsInt, 0);
        $list = $client->GetPointOfInterestList($auth + ['statusMask' => 'Enabled', 'typeMask' => 'Customer']);
        $points = $list->GetPointOfInterestListResult->Result->PointOfInterest;
        // A list of one is the thing itself in PHP
        $points = is_array($points) ? $points : [$points];
        $named = array_values(array_filter($points, fn ($one) => $one->CustomerNumber === 'P-1'));
        check($named[0]->Name, 'Ñ & <b>');
        check($named[0]->Y, -12.05);

        // As a program writes it that never read a schema: only what it needs, whatever else the schema demands
        $task = new SoapVar("<ns1:task><ns1:TaskNumber>8001</ns1:TaskNumber><ns1:Description>por PHP</ns1:Description>"
            . "<ns1:Status>NewTask</ns1:Status><ns1:DescriptionHasValue>1</ns1:DescriptionHasValue></ns1:task>", XSD_ANYXML);
        $saved = $client->CreateOrUpdateTask($auth + ['operation' => 'AutoSelect', 'task' => $task]);
        check($saved->CreateOrUpdateTaskResult->ResultCode, 'OK');
        check($saved->CreateOrUpdateTaskResult->TaskNumber, 8001);
        $found = $client->GetTaskDetails($auth + ['taskNumber' => 8001]);
        check($found->GetTaskDetailsResult->task->Description, 'por PHP');

        $old = new SoapClient("$url/Services/TaskManagement.asmx?WSDL", $options);
        $document = "<?xml version=\"1.0\"?>\n<CreateOrUpdateTaskRequest><UserName>$login</UserName><Password>" . htmlspecialchars($password) . "</Password>"
            . "<Operation>AutoSelect</Operation><TaskNumber>8002</TaskNumber><Status>NewTask </Status><Data1>a=1&amp;b=2</Data1>"
            . "</CreateOrUpdateTaskRequest>\n";
        check($old->CreateOrUpdateTask(['Request' => $document])->CreateOrUpdateTaskResult, 'OK');
    }
}
echo 'PHP ', PHP_VERSION, " done\n";
