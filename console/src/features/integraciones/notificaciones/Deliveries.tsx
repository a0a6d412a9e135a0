// What a channel did not deliver at once: what came back, how often it was tried, and again or never.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleX, RefreshCw, RotateCcw } from "lucide-react";
import { useEffect, useState } from "react";
import { refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { queries } from "~/app/queries";
import { useMay } from "~/app/session";
import { Button, Confirm, ErrorSummary, Select, Status, say } from "~/ui";
import { DeliveryCurves } from "./DeliveryCurves";
import { type Channel, type Delivery, deliveriesQuery, dropOne, retryAll, retryOne } from "./queries";
import { eventLabel, problemWords } from "./words";

const ALL = "all";
const again = () => Promise.all([queries.invalidateQueries({ queryKey: ["channels"] }), queries.invalidateQueries({ queryKey: ["deliveries"] })]);

export function Deliveries({ channel }: { channel: Channel }) {
    const { t } = useLingui();
    const [state, setState] = useState<string>(ALL);
    const pages = useInfiniteQuery(deliveriesQuery(channel.id, state === ALL ? undefined : (state as Delivery["state"])));
    const { position, waiting, not_delivered, failures, next_try_at } = channel.progress;
    // The channel got on: so did what it could not deliver at once.
    useEffect(() => void queries.invalidateQueries({ queryKey: ["deliveries", channel.id] }), [channel.id, position, waiting, not_delivered, failures, next_try_at]);
    const rows = pages.data?.pages.flatMap((page) => page.items) ?? [];
    const retrying = useMutation({
        mutationFn: () => retryAll(channel.id),
        onSuccess: async ({ deliveries }) => {
            say(plural(deliveries, { 0: "No había nada que reintentar", one: "# evento se reintenta ahora", other: "# eventos se reintentan ahora" }));
            await again();
        },
    });
    const problem = retrying.error ? refusalOf(retrying.error).problem : undefined;
    return (
        <>
            <div className="dr-sec">
                <h3>
                    <Trans>Lo que no salió a la primera</Trans>
                </h3>
            </div>
            {problem && <ErrorSummary key={retrying.submittedAt} title={problem.title} detail={problem.detail} />}
            <div className="row row-wrap">
                <Select
                    label={t`Cuáles`}
                    hideLabel
                    options={[
                        { id: ALL, label: t`Todo` },
                        { id: "waiting", label: t`Se reintenta` },
                        { id: "not_delivered", label: t`Sin entregar` },
                    ]}
                    value={state}
                    onChange={setState}
                />
                <Button small icon={RotateCcw} pending={retrying.isPending} reason={rows.length === 0 ? t`No hay nada que reintentar.` : undefined} onPress={() => retrying.mutate()}>
                    <Trans>Reintentar todo</Trans>
                </Button>
            </div>
            {rows.length === 0 && !pages.isPending && (
                <p className="dim">
                    <Trans>Nada: lo que sale bien no se lista.</Trans>
                </p>
            )}
            <DeliveryCurves deliveries={rows} />
            <ol className="deliveries" aria-label={t`Entregas`}>
                {rows.map((delivery) => (
                    <One key={delivery.event} channel={channel} delivery={delivery} />
                ))}
            </ol>
            {pages.hasNextPage && (
                <div>
                    <Button small onPress={() => void pages.fetchNextPage()} pending={pages.isFetchingNextPage}>
                        <Trans>Ver más</Trans>
                    </Button>
                </div>
            )}
        </>
    );
}

function One({ channel, delivery }: { channel: Channel; delivery: Delivery }) {
    const { t } = useLingui();
    const format = useFormat();
    const mayTasks = useMay("view_tasks");
    const [dropping, setDropping] = useState(false);
    const retrying = useMutation({
        mutationFn: () => retryOne(channel.id, delivery.event),
        onSuccess: async () => {
            say(t`El evento ${delivery.position} se reintenta ahora`);
            await again();
        },
    });
    const drop = useMutation({
        mutationFn: () => dropOne(channel.id, delivery.event),
        onSuccess: async () => {
            say(t`El evento ${delivery.position} ya no se entrega por este canal`);
            await again();
        },
        onSettled: () => setDropping(false),
    });
    const failed = retrying.error ?? drop.error;
    const problem = failed ? refusalOf(failed).problem : undefined;
    const waits = delivery.state === "waiting";
    return (
        <li>
            <div className="row row-wrap">
                <b>{eventLabel(delivery.kind)}</b>
                <span className="dim">{t`N.º ${delivery.position}`}</span>
                <span className="grow" />
                <Status family={waits ? "wait" : "refused"} icon={waits ? RefreshCw : CircleX}>
                    {waits ? t`Se reintenta` : t`Sin entregar`}
                </Status>
            </div>
            <p>
                {delivery.attempts === 0 ? t`Espera detrás de otro desde ${format.moment(delivery.since)}.` : (delivery.explanation ?? problemWords(delivery.problem))}
            </p>
            <small>
                {[
                    delivery.attempts > 0 && plural(delivery.attempts, { one: "# intento", other: "# intentos" }),
                    delivery.tried_at && t`el último ${format.moment(delivery.tried_at)}`,
                    waits && delivery.next_try_at && t`el próximo ${format.moment(delivery.next_try_at)}`,
                ]
                    .filter(Boolean)
                    .join(" · ")}
            </small>
            {delivery.answer && (
                <details>
                    <summary>
                        <Trans>Lo que contestó</Trans>
                    </summary>
                    <pre className="answer-text" tabIndex={0}>
                        {delivery.answer}
                    </pre>
                </details>
            )}
            {problem && <ErrorSummary title={problem.title} detail={problem.detail} />}
            <div className="form-acts">
                <Button small icon={RotateCcw} pending={retrying.isPending} onPress={() => retrying.mutate()}>
                    <Trans>Reintentar</Trans>
                </Button>
                <Button small look="quiet" onPress={() => setDropping(true)}>
                    <Trans>No entregar…</Trans>
                </Button>
                {delivery.subject_kind === "task" && mayTasks && (
                    <Link to="/tablero" search={{ tarea: delivery.subject }} className="link">
                        <Trans>Ver la tarea</Trans>
                    </Link>
                )}
            </div>
            {dropping && (
                <Confirm title={t`¿Dejar de entregar el evento ${delivery.position}?`} act={t`No entregarlo`} pending={drop.isPending} onAct={() => drop.mutate()} onClose={() => setDropping(false)}>
                    <p>
                        {channel.kind === "folder" ? <Trans>Su archivo no se deja en la carpeta. Lo demás sigue.</Trans> : <Trans>El receptor no sabrá de él por este canal. Lo demás sigue.</Trans>}
                    </p>
                </Confirm>
            )}
        </li>
    );
}
