// How many rows were imported on each of the last days, and what became of them.
import { useLingui } from "@lingui/react/macro";
import { useFormat } from "~/app/format";
import { formatIn } from "~/app/formats";
import { perDay } from "~/app/perDay";
import { DayCurves } from "~/ui/DayCurves";
import type { Run } from "./queries";

const DAYS = 14;

/** `whole`: whether older ones than these are not left out of the list. */
export function RunCurves({ runs, whole }: { runs: Run[]; whole: boolean }) {
    const { t } = useLingui();
    const format = useFormat();
    const real = runs.filter((run) => !run.dry_run);
    const oldest = real.at(-1);
    if (!oldest) return null;
    const today = format.day(Date.now());
    const reach = Math.floor((Date.parse(today) - Date.parse(format.day(oldest.created_at))) / 86_400_000) + 1;
    const sums = perDay(
        real,
        (run) => format.day(run.created_at),
        (run) => [run.created, run.updated, run.unchanged, run.refused],
        today,
        whole ? DAYS : Math.max(1, Math.min(DAYS, reach)),
    );
    if (sums.every(({ values }) => values.every((value) => value === 0))) return null;
    return (
        <DayCurves
            title={t`Filas por día`}
            head={t`Día`}
            parts={[
                { id: "created", label: t`creadas`, tone: "good" },
                { id: "updated", label: t`cambiadas`, tone: "changed" },
                { id: "unchanged", label: t`sin cambios`, tone: "quiet" },
                { id: "refused", label: t`rechazadas`, tone: "bad" },
            ]}
            days={sums.map(({ day, values }) => ({ id: day, label: formatIn(format.locale, "UTC").shortDate(`${day}T12:00:00Z`), values }))}
            number={format.number}
        />
    );
}
