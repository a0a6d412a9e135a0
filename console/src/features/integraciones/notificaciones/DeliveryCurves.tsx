// On which of the last days a channel had trouble, and whether it is over.
import { useLingui } from "@lingui/react/macro";
import { useFormat } from "~/app/format";
import { formatIn } from "~/app/formats";
import { perDay } from "~/app/perDay";
import { DayCurves } from "~/ui/DayCurves";
import type { Delivery } from "./queries";

const DAYS = 14;

export function DeliveryCurves({ deliveries }: { deliveries: Delivery[] }) {
    const { t } = useLingui();
    const format = useFormat();
    const sums = perDay(
        deliveries,
        (one) => format.day(one.since),
        (one) => [Number(one.state === "waiting"), Number(one.state !== "waiting")],
        format.day(Date.now()),
        DAYS,
    );
    if (sums.every(({ values }) => values.every((value) => value === 0))) return null;
    return (
        <DayCurves
            title={t`Desde qué día`}
            head={t`Día`}
            parts={[
                { id: "waiting", label: t`se reintentan`, tone: "wait" },
                { id: "not_delivered", label: t`sin entregar`, tone: "bad" },
            ]}
            days={sums.map(({ day, values }) => ({ id: day, label: formatIn(format.locale, "UTC").shortDate(`${day}T12:00:00Z`), values }))}
            number={format.number}
        />
    );
}
