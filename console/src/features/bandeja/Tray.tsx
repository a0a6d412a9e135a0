// What needs a person: notices, work that was not applied, what was set aside, channels that stopped.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Archive, Bell, CircleCheck, Inbox, TriangleAlert, Webhook } from "lucide-react";
import { useState } from "react";
import { answer, api } from "~/api/client";
import { refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { Page } from "~/app/frame/Page";
import { kindLabel, markLabel } from "~/app/kinds";
import { employeesQuery, fullName } from "~/app/people";
import { queries } from "~/app/queries";
import { useMay } from "~/app/session";
import { Button, EmptyState, ErrorSummary, KeyValues, say, Status } from "~/ui";
import { attentionQuery, disabledQuery, type Entry, type Notice, noticesQuery, setAsideQuery } from "./queries";
import { reasonLabel } from "./reasons";
import "./bandeja.css";

export function Tray() {
    const { t } = useLingui();
    const [past, showPast] = useState(false);
    const notices = useQuery(noticesQuery(false)).data ?? [];
    const tasks = useQuery({ ...attentionQuery(), enabled: useMay("view_tasks") }).data ?? [];
    const entries = useQuery({ ...setAsideQuery(), enabled: useMay("view_entries") }).data ?? [];
    const channels = useQuery({ ...disabledQuery(), enabled: useMay("manage_channels") }).data ?? [];
    const nothing = notices.length + tasks.length + entries.length + channels.length === 0;
    const toggle = (
        <Button small look={nothing ? undefined : "quiet"} onPress={() => showPast(!past)} aria-expanded={past}>
            {past ? <Trans>Ocultar los avisos atendidos</Trans> : <Trans>Ver los avisos atendidos</Trans>}
        </Button>
    );
    return (
        <Page title={t`Bandeja`} className="page-text tray-page">
            {nothing && (
                <EmptyState icon={Inbox} title={t`Nada espera por usted`} acts={toggle}>
                    <Trans>Aquí llega lo que Campo no puede decidir solo: trabajo hecho tras retirar una tarea, entradas que no se entienden, canales que dejaron de recibir.</Trans>
                </EmptyState>
            )}
            {notices.length > 0 && <Notices notices={notices} />}
            {tasks.length > 0 && (
                <section>
                    <h2>
                        <Trans>Tareas por mirar</Trans> <span className="dim">{tasks.length}</span>
                    </h2>
                    <ul className="waiting">
                        {tasks.map((task) => (
                            <li key={task.id}>
                                <div>
                                    <Link to="/tablero" search={{ tarea: task.id }} className="link">
                                        {task.task_number} · {task.customer_name || task.description || t`Tarea`}
                                    </Link>
                                    {(task.attention ?? []).map(({ entry, reason, occurred_at }) => (
                                        <Reason key={entry} reason={reason} at={occurred_at} />
                                    ))}
                                </div>
                            </li>
                        ))}
                    </ul>
                </section>
            )}
            {entries.length > 0 && <SetAside entries={entries} />}
            {channels.length > 0 && (
                <section>
                    <h2>
                        <Trans>Canales desactivados</Trans> <span className="dim">{channels.length}</span>
                    </h2>
                    <ul className="waiting">
                        {channels.map((channel) => (
                            <li key={channel.id}>
                                <div>
                                    <Status family="refused" icon={Webhook}>
                                        {channel.name || channel.code}
                                    </Status>
                                    <p>
                                        {channel.progress.waiting > 0 ? plural(channel.progress.waiting, { one: "# aviso espera a que vuelva.", other: "# avisos esperan a que vuelva." }) : t`No entrega nada hasta que se active de nuevo.`} {channel.reason === "gone" && <span className="dim">{t`El receptor contestó que ya no existe (410).`}</span>}
                                    </p>
                                </div>
                            </li>
                        ))}
                    </ul>
                </section>
            )}
            <section>
                {!nothing && <div>{toggle}</div>}
                {past && <Past />}
            </section>
        </Page>
    );
}

function Reason({ reason, at }: { reason: string; at: string }) {
    const format = useFormat();
    return (
        <p>
            <Status family="set-aside" icon={TriangleAlert}>
                {reasonLabel(reason)}
            </Status>{" "}
            <small>{format.moment(at)}</small>
        </p>
    );
}

function Notices({ notices }: { notices: Notice[] }) {
    const { t } = useLingui();
    const finishing = useMutation({
        mutationFn: (notice: string) => answer(api.POST("/v1/notices/{notice}/done", { params: { path: { notice } } })),
        onSuccess: async (done) => {
            say(t`Atendido: ${done.title}`);
            await queries.invalidateQueries({ queryKey: ["notices"] });
        },
    });
    const problem = finishing.error ? refusalOf(finishing.error).problem : undefined;
    return (
        <section>
            <h2>
                <Trans>Avisos</Trans> <span className="dim">{notices.length}</span>
            </h2>
            {problem && <ErrorSummary key={finishing.submittedAt} title={problem.title} detail={problem.detail} />}
            <ul className="waiting">
                {notices.map((notice) => (
                    <NoticeRow key={notice.id} notice={notice}>
                        <Button small icon={CircleCheck} pending={finishing.isPending && finishing.variables === notice.id} onPress={() => finishing.mutate(notice.id)}>
                            <Trans>Atendido</Trans>
                        </Button>
                    </NoticeRow>
                ))}
            </ul>
        </section>
    );
}

function NoticeRow({ notice, children }: { notice: Notice; children?: React.ReactNode }) {
    const format = useFormat();
    return (
        <li>
            <div>
                <Status family={notice.done_at ? "done" : "late"} icon={Bell}>
                    {notice.title}
                </Status>
                <p dir="auto">{notice.text}</p>
                <ToFile notice={notice} />
                <small>
                    {format.moment(notice.last_at)}
                    {notice.times > 1 && <> · {plural(notice.times, { one: "# vez", other: "# veces" })}</>}
                </small>
            </div>
            {children}
        </li>
    );
}

/** A file that waits for a person is one step away. */
function ToFile({ notice }: { notice: Notice }) {
    const mayRead = useMay("view_transfers");
    if (notice.kind !== "file_parked" || !notice.subject || notice.done_at || !mayRead) return null;
    return (
        <p>
            <Link to="/integraciones/intercambio/recibidos" search={{ estado: "parked", archivo: notice.subject }} className="link">
                <Trans>Ver el archivo y decidir</Trans>
            </Link>
        </p>
    );
}

function Past() {
    const past = useQuery(noticesQuery(true)).data;
    if (past?.length === 0) {
        return (
            <p className="dim">
                <Trans>Ninguno todavía.</Trans>
            </p>
        );
    }
    return (
        <ul className="waiting">
            {(past ?? []).map((notice) => (
                <NoticeRow key={notice.id} notice={notice} />
            ))}
        </ul>
    );
}

function SetAside({ entries }: { entries: Entry[] }) {
    const { t } = useLingui();
    const format = useFormat();
    const employees = useQuery({ ...employeesQuery(), enabled: useMay("view_employees") }).data ?? [];
    const names = new Map(employees.map((one) => [one.id, fullName(one)]));
    return (
        <section>
            <h2>
                <Trans>Apartado</Trans> <span className="dim">{entries.length}</span>
            </h2>
            <p>
                <Trans>Llegó y se guardó, pero no se aplicó. Nada se pierde: cuando lo que falta existe, se puede aplicar de nuevo.</Trans>
            </p>
            <ul className="waiting">
                {entries.slice(0, 200).map((entry) => (
                    <li key={entry.id}>
                        <div>
                            <Status family="set-aside" icon={Archive}>
                                {kindLabel(entry.kind)}
                                {entry.reason && `: ${reasonLabel(entry.reason)}`}
                            </Status>
                            <p>
                                {entry.employee && <b>{names.get(entry.employee) ?? t`Empleado desconocido`}</b>} <small>{format.moment(entry.occurred_at)}</small>
                            </p>
                            <details>
                                <summary>
                                    <Trans>Ver lo que llegó</Trans>
                                </summary>
                                <KeyValues
                                    facts={[
                                        [t`N.º`, format.number(entry.position)],
                                        [t`Llegó`, format.moment(entry.received_at)],
                                        [t`Marcas`, entry.marks.map(markLabel).join(" · ")],
                                        [t`Identificador`, <code key="id">{entry.id}</code>],
                                    ]}
                                />
                                {entry.content && <pre>{JSON.stringify(entry.content, null, 2)}</pre>}
                            </details>
                        </div>
                    </li>
                ))}
            </ul>
            {entries.length > 200 && <p className="dim">{t`Se muestran 200 de ${format.number(entries.length)}.`}</p>}
        </section>
    );
}
