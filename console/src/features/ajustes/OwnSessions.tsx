// Where one is signed in, and a way to end what one does not know.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Monitor, SquareTerminal } from "lucide-react";
import { answer, api } from "~/api/client";
import { refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { queries } from "~/app/queries";
import { Button, Note, Status, say } from "~/ui";
import { agentWords } from "./agent";
import "./ajustes.css";

const sessionsQuery = { queryKey: ["session", "all"], queryFn: ({ signal }: { signal: AbortSignal }) => answer(api.GET("/v1/session/all", { signal })) };

export function OwnSessions() {
    const { t } = useLingui();
    const format = useFormat();
    const sessions = useQuery(sessionsQuery);
    const ending = useMutation({
        mutationFn: (session: string) => answer(api.DELETE("/v1/session/all/{session}", { params: { path: { session } } })),
        onSuccess: () => {
            say(t`Sesión terminada`);
            return queries.invalidateQueries({ queryKey: ["session"] });
        },
    });
    return (
        <section>
            <h2>
                <Trans>Sesiones abiertas</Trans>
            </h2>
            {ending.isError && <Note kind="refused" alert>{refusalOf(ending.error).problem.detail}</Note>}
            <ul className="sessions card" aria-label={t`Sesiones abiertas`}>
                {sessions.data?.map((session) => (
                    <li key={session.id}>
                        {session.browser ? <Monitor size={16} aria-hidden /> : <SquareTerminal size={16} aria-hidden />}
                        <div>
                            <b title={session.user_agent ?? undefined}>{agentWords(session.user_agent) ?? (session.browser ? t`Un navegador` : t`Un programa`)}</b>
                            <small>
                                {[session.address, t`usada ${format.moment(session.used_at)}`, t`sin usarla termina ${format.moment(session.unused_ends_at)}`, t`como máximo ${format.moment(session.expires_at)}`].filter(Boolean).join(" · ")}
                            </small>
                        </div>
                        {session.current ? (
                            <Status family="good" icon={Monitor}>
                                <Trans>esta</Trans>
                            </Status>
                        ) : (
                            <Button small onPress={() => ending.mutate(session.id)}>
                                <Trans>Terminar</Trans>
                            </Button>
                        )}
                    </li>
                ))}
            </ul>
        </section>
    );
}
