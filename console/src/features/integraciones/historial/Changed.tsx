// A value of a field as it was and as it is: moments as people write them.
import { useLingui } from "@lingui/react/macro";
import { useFormat } from "~/app/format";
import { formatIn } from "~/app/formats";

const MOMENT = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(:\d\d)?$/;

export function Changed({ change }: { change: { field: string; before?: string | null; after?: string | null } }) {
    const { t } = useLingui();
    const { locale } = useFormat();
    const civil = formatIn(locale, "UTC");
    const shown = (value: string) => {
        const [, day, time] = MOMENT.exec(value) ?? [];
        if (!day || !time) return value;
        const date = civil.date(`${day}T12:00:00Z`);
        if (change.field.endsWith("_date")) return date;
        return change.field.endsWith("_time") ? time : `${date}, ${time}`;
    };
    return (
        <>
            {change.before && (
                <>
                    <s>{shown(change.before)}</s>{" "}
                </>
            )}
            {change.after ? shown(change.after) : <span className="dim">{t`(vacío)`}</span>}
        </>
    );
}
