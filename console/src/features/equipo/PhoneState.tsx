// How a phone stands: icon and word.
import { useLingui } from "@lingui/react/macro";
import { Ban, CircleCheck, ShieldAlert, TriangleAlert, WifiOff } from "lucide-react";
import { Status } from "~/ui";
import type { Installation } from "./queries";

const DAY_MS = 86_400_000;

/** Whole days since something was heard of it. */
export const silentDays = (phone: Installation, now = Date.now()): number => Math.floor((now - Date.parse(phone.heard_at ?? phone.enrolled_at)) / DAY_MS);

export function PhoneState({ phone, pill }: { phone: Installation; pill?: boolean }) {
    const { t } = useLingui();
    if (phone.state === "stolen") return <Status family="refused" icon={ShieldAlert} pill={pill}>{t`Robado`}</Status>;
    if (phone.state === "revoked") return <Status family="past" icon={Ban} pill={pill}>{t`Dado de baja`}</Status>;
    if (phone.marks.length > 0) return <Status family="late" icon={TriangleAlert} pill={pill}>{t`Por revisar`}</Status>;
    if (silentDays(phone) >= 1) return <Status family="silent" icon={WifiOff} pill={pill}>{t`Sin noticias`}</Status>;
    return <Status family="done" icon={CircleCheck} pill={pill}>{t`Al día`}</Status>;
}
