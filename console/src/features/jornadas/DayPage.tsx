// One day of everybody: in, breaks, out, worked, extra, marks.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { getRouteApi } from "@tanstack/react-router";
import { Clock } from "lucide-react";
import { useFormat } from "~/app/format";
import { formatIn } from "~/app/formats";
import { Beside, focusRow } from "~/app/frame/Beside";
import { Page } from "~/app/frame/Page";
import { Button, type Column, EmptyState, Table, useNarrow } from "~/ui";
import { stepped } from "./civil";
import { DayDrawer } from "./DayDrawer";
import { MarkOf, useMarkWords } from "./marks";
import { type Day, extraOf, localTime, marksOf, minutesOf, strip, type Timesheet } from "./model";
import { SpanStepper } from "./SpanStepper";
import { Strip } from "./Strip";
import { Tools } from "./Tools";
import type { Search } from "./routes";
import { useSheets } from "./useSheets";
import "./jornadas.css";

const route = getRouteApi("/jornadas/dia");
type Row = { sheet: Timesheet; day: Day };

export function DayPage() {
    const { t } = useLingui();
    const format = useFormat();
    const words = useMarkWords();
    const narrow = useNarrow();
    const search = route.useSearch();
    const navigate = route.useNavigate();
    const day = search.fecha ?? format.day(Date.now());
    const { sheets, shown, counts, hours, today, now } = useSheets(day, day, search);
    const go = (change: Partial<Search>) => void navigate({ search: (before: Search) => ({ ...before, ...change }) });
    const rank = ({ day: each }: Row) => (each.shifts.length > 0 ? (marksOf(each, today).length > 0 ? 0 : 1) : 2);
    const rows = shown.flatMap((sheet): Row[] => sheet.days.map((each) => ({ sheet, day: each }))).sort((a, b) => rank(a) - rank(b));
    const breaks = (each: Day) => each.shifts.flatMap((shift) => shift.breaks ?? []).length;
    const breakTime = (each: Day) => (breaks(each) === 0 ? "" : format.minutes(minutesOf(each.totals.paid_break_us + each.totals.unpaid_break_us)));
    const entry = ({ day: each }: Row) => (each.shifts[0] ? localTime(each.shifts[0].start) : "—");
    const exit = ({ day: each }: Row) => {
        const last = each.shifts.at(-1);
        return !last ? "—" : last.end ? localTime(last.end) : each.date === today ? t`en jornada` : "?";
    };
    const worked = ({ day: each }: Row) => (each.totals.worked_us > 0 ? format.minutes(minutesOf(each.totals.worked_us)) : "");
    const extra = ({ day: each }: Row) => (extraOf(each.totals) > 0 ? format.minutes(minutesOf(extraOf(each.totals))) : "");
    const markWords = ({ day: each }: Row) => marksOf(each, today).map((mark) => words[mark]).join(", ");
    const columns: Column<Row>[] = [
        { id: "name", header: t`Persona`, width: "minmax(120px,1.4fr)", cell: ({ sheet }) => <b className="day-name">{sheet.name}</b>, text: ({ sheet }) => sheet.name },
        { id: "in", header: t`Entrada`, width: "72px", numeric: true, from: 440, cell: entry, text: entry },
        { id: "breaks", header: t`Pausas`, width: "84px", numeric: true, from: 640, cell: ({ day: each }) => breakTime(each), text: ({ day: each }) => breakTime(each) },
        { id: "out", header: t`Salida`, width: "88px", numeric: true, from: 440, cell: exit, text: exit },
        { id: "worked", header: t`Trabajado`, width: "88px", numeric: true, cell: (row) => <b>{worked(row)}</b>, text: worked },
        { id: "extra", header: t`Extra`, width: "84px", numeric: true, from: 720, cell: extra, text: extra },
        { id: "strip", header: t`${hours[0]} a ${hours[1]} h`, width: "minmax(110px,1.4fr)", from: 520, cell: ({ day: each }) => <Strip pieces={strip(each, today, now)} hours={hours} /> },
        { id: "marks", header: t`Marcas`, width: "minmax(110px,1fr)", cell: ({ day: each }) => marksOf(each, today).slice(0, narrow ? 1 : 2).map((mark) => <MarkOf key={mark} mark={mark} />), text: markWords },
    ];
    const open = rows.find(({ sheet }) => sheet.employee === search.persona);
    const close = () => {
        go({ persona: undefined, marcacion: undefined });
        focusRow(search.persona);
    };
    const label = formatIn(format.locale, "UTC").longDay(`${day}T12:00:00Z`);
    return (
        <Page
            section={t`Jornadas`}
            title={t`Día`}
            className="page-fill day-table"
            bar={<SpanStepper label={label} before={t`Día anterior`} after={t`Día siguiente`} isNow={day === today} onStep={(by) => go({ fecha: stepped(day, by) })} onNow={() => go({ fecha: undefined })} />}
        >
            <Beside drawer={open && <DayDrawer key={`${open.sheet.employee}:${day}`} sheet={open.sheet} day={open.day} today={today} chosen={search.marcacion} onChoose={(marcacion) => go({ marcacion })} onClose={close} />}>
                <Tools search={search} from={day} to={day} counts={counts} go={go} />
                <Table
                    label={t`Jornadas del día`}
                    columns={columns}
                    rows={rows}
                    rowKey={({ sheet }) => sheet.employee}
                    rowLabel={(row) => `${row.sheet.name}: ${entry(row)}–${exit(row)}, ${markWords(row)}`}
                    current={search.persona}
                    onOpen={({ sheet }) => go({ persona: sheet.employee, marcacion: undefined })}
                    empty={
                        <EmptyState icon={Clock} title={sheets.length === 0 ? t`Nadie en esta vista` : t`Ninguna jornada con esta marca`} acts={(search.grupo || search.marcas) && <Button onPress={() => go({ grupo: undefined, marcas: undefined })}>{t`Quitar filtros`}</Button>}>
                            {sheets.length === 0 ? <Trans>Las jornadas aparecen con las marcaciones de los teléfonos. Quién está en el equipo se ve en Equipo.</Trans> : plural(sheets.length, { one: "Hay # persona en el día.", other: "Hay # personas en el día." })}
                        </EmptyState>
                    }
                />
            </Beside>
        </Page>
    );
}
