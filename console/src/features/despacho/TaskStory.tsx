// The history of a task as a story: who, what, where, and under it the three clocks; one that differs says by how much.
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Ban, Camera, Check, CircleDot, Clock, FileText, type LucideIcon, MessageSquare, Navigation, Pause, Play, Plus, Smartphone, UserRound } from "lucide-react";
import { useMemo } from "react";
import { useFormat } from "~/app/format";
import { Status } from "~/ui";
import { type Entry, historyQuery, type Task, type TaskEntry } from "./queries";
import type { Person } from "./useBoard";
import { useWords } from "./words";

const ICONS: Record<string, LucideIcon> = {
    "task.created": Plus,
    "task.assigned": UserRound,
    "task.status_set": CircleDot,
    "task.noted": MessageSquare,
    "task.acknowledge": Smartphone,
    "task.en_route": Navigation,
    "task.arrive": Navigation,
    "task.start": Play,
    "task.suspend": Pause,
    "task.end": Check,
    "task.close": Check,
    "task.not_done": Ban,
    "task.decline": Ban,
};

export function TaskStory({ task, entries, people }: { task: Task; entries?: Entry[]; people: readonly Person[] }) {
    const { t } = useLingui();
    const history = useQuery(historyQuery(task.id));
    const captured = useMemo(() => new Map((entries ?? []).map((entry) => [entry.id, entry])), [entries]);
    const names = useMemo(() => new Map([...people.map((one): [string, string] => [one.id, one.name]), ...task.progress.assignments.map((one): [string, string] => [one.employee, one.name])]), [people, task]);
    const lines = useMemo(() => [...(history.data ?? [])].sort((a, b) => Date.parse(b.occurred_at) - Date.parse(a.occurred_at) || b.position - a.position), [history.data]);
    return (
        <section className="story-box">
            <div className="dr-sec">
                <h3>
                    <Trans>Historia</Trans>
                </h3>
                <span className="dim">
                    <Trans>lo último arriba</Trans>
                </span>
                <Status family="past" icon={Clock}>
                    <Trans>tres relojes</Trans>
                </Status>
            </div>
            <ol className="story" aria-label={t`Historia`}>
                {lines.map((entry, place) => (
                    <Line key={entry.id} entry={entry} captured={captured.get(entry.id)} names={names} latest={place === 0} />
                ))}
            </ol>
        </section>
    );
}

function Line({ entry, captured, names, latest }: { entry: TaskEntry; captured?: Entry; names: ReadonlyMap<string, string>; latest: boolean }) {
    const format = useFormat();
    const words = useWords();
    const Icon = ICONS[entry.kind] ?? (captured?.form ? FileText : (captured?.files.length ?? 0) > 0 ? Camera : CircleDot);
    const office = entry.author.kind !== "installation";
    const wall = wallOf(captured);
    const drift = wall === undefined ? undefined : Math.round((wall - Date.parse(entry.occurred_at)) / 60_000);
    return (
        <li>
            <span className={`ic${latest ? " now-ic" : ""}`}>
                <Icon size={12} aria-hidden />
            </span>
            <div>
                <p dir="auto">
                    <Told entry={entry} captured={captured} names={names} />
                </p>
                {(entry.note || entry.reason) && <p className="said" dir="auto">«{entry.note || entry.reason}»</p>}
                {entry.outcome === "set_aside" && (
                    <p>
                        <Status family="set-aside" icon={CircleDot}>
                            <Trans>Apartada: {words.reason[entry.outcome_reason ?? ""] ?? entry.outcome_reason}</Trans>
                        </Status>
                    </p>
                )}
                <p className="clocks">
                    <span>
                        <Trans>pasó</Trans> <b title={entry.occurred_at}>{format.seconds(entry.occurred_at)}</b> {format.day(entry.occurred_at) !== format.day(Date.now()) && format.date(entry.occurred_at)}
                    </span>
                    <span>
                        <Trans>teléfono</Trans> {office ? <b><Trans>no aplica</Trans></b> : wall === undefined ? <b>—</b> : <b className={drift ? "warn" : undefined}>{format.seconds(wall)}{drift ? ` ${drift > 0 ? "+" : "−"}${Math.abs(drift)}\u00a0min` : ""}</b>}
                    </span>
                    <span>
                        <Trans>llegó</Trans> <b title={entry.received_at}>{format.seconds(entry.received_at)}</b>
                    </span>
                </p>
            </div>
        </li>
    );
}

/** What the phone's own clock showed, from what it wrote. */
function wallOf(captured?: Entry): number | undefined {
    const clock = (captured?.content as { clock?: { wall_us?: number } } | undefined)?.clock;
    return typeof clock?.wall_us === "number" ? clock.wall_us / 1000 : undefined;
}

function Told({ entry, captured, names }: { entry: TaskEntry; captured?: Entry; names: ReadonlyMap<string, string> }) {
    const { t } = useLingui();
    const words = useWords();
    const nobody = entry.author.kind === "key" ? t`El sistema de la empresa` : entry.author.kind === "user" ? t`La oficina` : t`Campo`;
    const who = (entry.employee && names.get(entry.employee)) || (entry.employee ? t`Alguien del equipo` : nobody);
    const decision = entry.decision as { status?: string; assignments?: { employee: string; name?: string }[] } | null | undefined;
    const to = (decision?.assignments ?? []).map((one) => names.get(one.employee) ?? one.name ?? "…").join(", ");
    const photos = captured?.files.length ?? 0;
    const texts: Record<string, string> = {
        "task.created": t`creó la tarea`,
        "task.assigned": to ? t`la asignó a ${to}` : t`la dejó sin asignar`,
        "task.status_set": t`la puso en «${words.status[decision?.status ?? ""] ?? decision?.status ?? "…"}»`,
        "task.noted": t`escribió una nota`,
        "task.acknowledge": t`la vio`,
        "task.en_route": t`salió en camino`,
        "task.arrive": t`llegó al sitio`,
        "task.load": t`cargó`,
        "task.unload": t`descargó`,
        "task.start": t`empezó`,
        "task.suspend": t`la puso en pausa`,
        "task.end": t`terminó en el sitio`,
        "task.close": t`la dio por hecha`,
        "task.not_done": t`no la pudo hacer`,
        "task.decline": t`la rechazó`,
        "task.review": t`la entregó para revisar`,
        "task.approval": t`la entregó para aprobar`,
        "task.blocked": t`quiso empezar fuera del radio`,
    };
    const photosText = photos > 0 ? (photos === 1 ? t`, con 1 archivo` : t`, con ${photos} archivos`) : "";
    return (
        <>
            <b>{who}</b> {texts[entry.kind] ?? (captured?.form ? t`llenó un formulario` : entry.kind)}
            {photosText}
            <Where captured={captured} />
        </>
    );
}

function Where({ captured }: { captured?: Entry }) {
    const place = (captured?.content as { place?: { accuracy_m?: number; latitude?: number; longitude?: number } } | undefined)?.place;
    if (!place || typeof place.latitude !== "number" || typeof place.longitude !== "number") return null;
    return (
        <span className="dim code">
            {" · "}
            <span className="whole">
                {place.latitude.toFixed(4)}, {place.longitude.toFixed(4)}
                {typeof place.accuracy_m === "number" && ` ±\u00a0${Math.round(place.accuracy_m)}\u00a0m`}
            </span>
        </span>
    );
}
