import { t } from "@lingui/core/macro";

export const weekdayLabels = (): Record<string, string> => ({ monday: t`lunes`, tuesday: t`martes`, wednesday: t`miércoles`, thursday: t`jueves`, friday: t`viernes`, saturday: t`sábado`, sunday: t`domingo` });
