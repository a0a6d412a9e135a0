<?php
// Creates or changes a point of interest by SOAP.
$campo = new SoapClient(getenv('CAMPO_URL') . '/services/webservices.asmx?WSDL');
$answer = $campo->InsertOrUpdatePointOfInterest([
    'userName' => getenv('CAMPO_LOGIN'),
    'password' => getenv('CAMPO_PASSWORD'),
    'operation' => 'AutoSelect',
    'customerNumber' => 'C-0042',
    'name' => 'Example customer',
    'type' => 'Customer',
    'y' => -12.05,
    'x' => -77.05,
]);
$result = $answer->InsertOrUpdatePointOfInterestResult;
echo $result->ResultCode, "\n";
