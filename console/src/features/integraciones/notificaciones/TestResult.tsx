// What came of a test: asked when it is shown, one test for each time.
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleX } from "lucide-react";
import { refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { ErrorSummary, Note, Status } from "~/ui";
import { type Channel, testChannel } from "./queries";
import { documentLabel, problemWords } from "./words";

export function TestResult({ channel, time }: { channel: Channel; time: number }) {
    const { t } = useLingui();
    const format = useFormat();
    const isFolder = channel.kind === "folder";
    const test = useQuery({ queryKey: ["channel-test", channel.id, time], queryFn: () => testChannel(channel.id), staleTime: Number.POSITIVE_INFINITY, gcTime: 0, retry: false });
    if (test.isPending)
        return (
            <Note>
                <span role="status">
                    {isFolder ? <Trans>Dejando la prueba en la carpeta…</Trans> : channel.kind === "mail" ? <Trans>Enviando la prueba por correo…</Trans> : <Trans>Enviando la prueba a {channel.url}…</Trans>}
                </span>
            </Note>
        );
    if (test.error) {
        const { problem } = refusalOf(test.error);
        return <ErrorSummary title={problem.title} detail={problem.detail} requestId={problem.request_id} />;
    }
    const { delivered, took_ms, problem, answer, documents } = test.data;
    const seconds = format.number(took_ms / 1000);
    return (
        <Note kind={delivered ? "good" : "refused"} icon={delivered ? CircleCheck : CircleX} alert>
            <b>{isFolder ? (delivered ? t`La prueba está en su carpeta, o en camino a ella.` : t`La prueba no se pudo dejar en su carpeta.`) : delivered ? t`El receptor tomó la prueba en ${seconds} s.` : t`El receptor no tomó la prueba.`}</b> {!delivered && problemWords(problem)}
            {answer && (
                <>
                    <p>
                        <Trans>Contestó:</Trans>
                    </p>
                    <pre className="answer-text">{answer}</pre>
                </>
            )}
            {documents && documents.length > 0 && (
                <ul>
                    {documents.map((one) => (
                        <li key={one.kind}>
                            <Status family={one.delivered ? "good" : "refused"} icon={one.delivered ? CircleCheck : CircleX}>
                                {documentLabel(one.kind)} ({one.entry_type})
                            </Status>{" "}
                            {problemWords(one.problem)} {one.answer && <code>{one.answer}</code>}
                        </li>
                    ))}
                </ul>
            )}
        </Note>
    );
}
