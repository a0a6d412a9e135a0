// The last files that came by a customer's server or an agent, and those that went by it, newest first.
import { Trans, useLingui } from "@lingui/react/macro";
import { useInfiniteQuery, useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowDownToLine, ArrowUpFromLine, CircleCheck, Clock } from "lucide-react";
import { useFormat } from "~/app/format";
import { Status } from "~/ui";
import { type Export, type Received, receivedQuery, type Run, runsQuery } from "./queries";
import { EXPORTS, RECEIVED } from "./routes";
import { type Face, receivedFace, runFace } from "./words";

const SHOWN = 20;
type Transfer = { id: string; at: string; came: boolean; name: string; face: Face; file?: Received; run?: Run };

/** `way`: the id of the server or agent; `exports`: those whose files go there. */
export function Transfers({ way, exports }: { way: string; exports: Export[] }) {
    const { t } = useLingui();
    const format = useFormat();
    const received = useInfiniteQuery(receivedQuery({})).data?.pages.flatMap((page) => page.items) ?? [];
    const runs = useQueries({ queries: exports.map((one) => runsQuery(one.id)) }).flatMap((query) => query.data ?? []);
    const faceOf = (run: Run): Face => {
        const gone = run.delivered_at ?? run.taken_at;
        if (run.state === "making" || run.state === "failed") return runFace(run.state);
        return gone ? { family: "past", icon: CircleCheck, words: t`Llevado ${format.moment(gone)}` } : { family: "wait", icon: Clock, words: t`Por llevar` };
    };
    const all: Transfer[] = [
        ...received.filter((file) => file.way_id === way).map((file) => ({ id: file.id, at: file.received_at, came: true, name: file.name, face: receivedFace(file.state), file })),
        ...runs.filter((run) => run.state !== "empty").map((run) => ({ id: run.id, at: run.delivered_at ?? run.taken_at ?? run.begun_at, came: false, name: run.file_name, face: faceOf(run), run })),
    ].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
    return (
        <>
            <div className="dr-sec">
                <h3>
                    <Trans>Los últimos archivos</Trans>
                </h3>
            </div>
            {all.length === 0 && (
                <p className="dim">
                    <Trans>Ninguno todavía.</Trans>
                </p>
            )}
            <ol className="deliveries" aria-label={t`Los últimos archivos`}>
                {all.slice(0, SHOWN).map(({ id, at, came, name, face, file, run }) => (
                    <li key={id}>
                        <div className="row row-wrap">
                            {came ? <ArrowDownToLine size={14} aria-hidden /> : <ArrowUpFromLine size={14} aria-hidden />}
                            <Link to={file ? RECEIVED : EXPORTS} search={file ? { archivo: file.id } : { abierto: run?.export }} className="link">
                                {name}
                            </Link>
                            <span className="grow" />
                            <Status family={face.family} icon={face.icon}>
                                {face.words}
                            </Status>
                        </div>
                        <small>
                            {came ? t`Llegó` : t`Salió`} · {format.moment(at)}
                        </small>
                    </li>
                ))}
            </ol>
        </>
    );
}
