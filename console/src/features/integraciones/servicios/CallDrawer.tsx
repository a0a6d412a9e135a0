// One call: what was asked and what was answered, without secrets.
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { Drawer, KeyValues, Note } from "~/ui";
import { CallResult } from "./Calls";
import { type Call, callQuery } from "./queries";

export function CallDrawer({ id, nameOf, onClose }: { id: string; nameOf: (call: Call) => string; onClose: () => void }) {
    const { t } = useLingui();
    const format = useFormat();
    const query = useQuery(callQuery(id));
    const call = query.data;
    if (!call)
        return (
            <Drawer title={t`Llamada`} subject={id} onClose={onClose}>
                {query.error && <Note kind="refused">{refusalOf(query.error).problem.detail}</Note>}
            </Drawer>
        );
    return (
        <Drawer title={`${call.method} ${call.path}`} subject={id} top={<CallResult call={call} pill />} onClose={onClose}>
            <KeyValues
                facts={[
                    [t`Cuándo`, `${format.date(call.at)}, ${format.seconds(call.at)}`],
                    [t`Clave`, nameOf(call)],
                    [t`Desde`, call.address],
                    [t`Tardó`, `${format.number(call.took_ms)} ms`],
                    ["x-request-id", call.request_id && <code>{call.request_id}</code>],
                    [t`Código`, call.code && (call.status >= 400 ? <a className="link" href={`/problems/${call.code}`} target="_blank" rel="noreferrer">{call.code}</a> : call.code)],
                ]}
            />
            <Text title={t`Lo que pidió`} text={call.request} empty={t`Nada en el cuerpo.`} />
            <Text title={t`Lo que se le contestó`} text={call.answer} empty={t`Nada en el cuerpo.`} />
            <p className="dim">
                <Trans>El comienzo de cada uno, hasta 8 KB, con los secretos tapados. Se guarda 30 días.</Trans>
            </p>
        </Drawer>
    );
}

function Text({ title, text, empty }: { title: string; text?: string | null; empty: string }) {
    return (
        <>
            <div className="dr-sec">
                <h3>{title}</h3>
            </div>
            {text ? (
                <pre className="answer-text answer-long">
                    {pretty(text)}
                </pre>
            ) : (
                <p className="dim">{empty}</p>
            )}
        </>
    );
}

/** JSON is laid out for reading; all else, and JSON that was cut, stays as it was sent. */
export function pretty(text: string): string {
    try {
        return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
        return text;
    }
}
