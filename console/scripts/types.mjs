// Makes src/api/schema.ts from docs/openapi.json. It is made at each build and not committed, so that the two cannot
// come out of step: what the console uses and the document does not say, the compiler refuses.
import { writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const document = new URL("../../docs/openapi.json", import.meta.url);
const target = new URL("../src/api/schema.ts", import.meta.url);
const head = "// Made from docs/openapi.json by `npm run types`: not edited by hand.\n";

writeFileSync(target, head + astToString(await openapiTS(document, { alphabetize: true })));
