// How tables are called.
import { t } from "@lingui/core/macro";
import { CATALOGUE } from "./tables";

export const tableName = (code: string): string => (code === CATALOGUE ? t`Catálogo` : code);
