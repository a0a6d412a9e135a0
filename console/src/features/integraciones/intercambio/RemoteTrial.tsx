// What came of trying a customer's server: the steps in order, up to the one that failed, and why. Asked when it is shown.
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleX } from "lucide-react";
import { refusalOf } from "~/api/problem";
import { queries } from "~/app/queries";
import { ErrorSummary, Note, Status } from "~/ui";
import { type Remote, testRemote } from "./queries";

export function RemoteTrial({ remote, write, time }: { remote: Remote; write: boolean; time: number }) {
    const { t } = useLingui();
    const trial = useQuery({
        queryKey: ["remote-trial", remote.id, time],
        queryFn: async () => {
            const result = await testRemote(remote.id, write);
            // The first contact is what a server is known by, and another key than that one stops it.
            await queries.invalidateQueries({ queryKey: ["remotes"] });
            return result;
        },
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: 0,
        retry: false,
    });
    if (trial.isPending)
        return (
            <Note>
                <span role="status">
                    <Trans>Probando {remote.host}…</Trans>
                </span>
            </Note>
        );
    if (trial.error) {
        const { problem } = refusalOf(trial.error);
        return <ErrorSummary title={problem.title} detail={problem.detail} requestId={problem.request_id} />;
    }
    const { went_well, steps, problem } = trial.data;
    return (
        <Note kind={went_well ? "good" : "refused"} icon={went_well ? CircleCheck : CircleX} alert>
            <b>{went_well ? t`Todo anda bien.` : t`Algo no anda.`}</b> {problem?.text}
            <ol className="trial" aria-label={t`Los pasos de la prueba`}>
                {steps.map((one) => (
                    <li key={one.step}>
                        <Status family={one.went_well ? "good" : "refused"} icon={one.went_well ? CircleCheck : CircleX}>
                            {one.text}
                            <span className="hidden-text">: {one.went_well ? t`bien` : t`falló`}</span>
                        </Status>
                    </li>
                ))}
            </ol>
            {problem?.said && (
                <>
                    <p>
                        <Trans>El servidor dijo:</Trans>
                    </p>
                    <pre className="answer-text" tabIndex={0}>
                        {problem.said}
                    </pre>
                </>
            )}
        </Note>
    );
}
