// A customer's server that shows another key or certificate than the one it is known by: nothing goes there until a person
// decides, with both before their eyes.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { Fingerprint } from "lucide-react";
import { refusalOf } from "~/api/problem";
import { queries } from "~/app/queries";
import { Button, ErrorSummary, KeyValues, Note, say } from "~/ui";
import { acceptRemote, changeRemote, type Remote } from "./queries";

export function RemoteIdentity({ remote }: { remote: Remote }) {
    const { t } = useLingui();
    const offered = remote.offered_fingerprint;
    const again = () => queries.invalidateQueries({ queryKey: ["remotes"] });
    const accepting = useMutation({
        mutationFn: () => acceptRemote(remote.id, offered ?? ""),
        onSuccess: async () => {
            say(t`«${remote.name}» se conoce ahora por la nueva`);
            await again();
        },
    });
    // An edit that changes nothing takes the server up again as it was known: what it showed is forgotten, and refused again
    // if it is shown again.
    const keeping = useMutation({
        mutationFn: () => changeRemote(remote.id, {}, remote.version),
        onSuccess: async () => {
            say(t`«${remote.name}» se sigue conociendo por la de antes`);
            await again();
        },
    });
    if (!offered) return null;
    const failed = accepting.error ?? keeping.error;
    const problem = failed ? refusalOf(failed).problem : undefined;
    const known = remote.accepted_fingerprint;
    return (
        <>
            {problem && <ErrorSummary key={problem.request_id} title={problem.title} detail={problem.detail} />}
            <Note kind="late" icon={Fingerprint} alert>
                <b>{known ? t`El servidor ya no muestra la misma identidad.` : t`Nadie responde por la identidad de este servidor.`}</b>{" "}
                {known ? (
                    <Trans>Puede ser que lo hayan cambiado, o que otro se haga pasar por él. Hasta que usted decida no se le manda ni se toma nada. Pregunte a la empresa cuál es la suya y compárela con esta.</Trans>
                ) : (
                    <Trans>Su certificado no lo firmó ninguna autoridad conocida. Pregunte a la empresa cuál es su huella y compárela con esta; si es la misma, acéptela.</Trans>
                )}
                <KeyValues
                    facts={[
                        [t`La de antes`, known && <code key="known">{known}</code>],
                        [t`La que muestra`, <code key="offered">{offered}</code>],
                    ]}
                />
                <div className="form-acts">
                    <Button small pending={accepting.isPending} onPress={() => accepting.mutate()}>
                        {known ? <Trans>Es la suya: aceptar la nueva</Trans> : <Trans>Es la suya: aceptarla</Trans>}
                    </Button>
                    {known && (
                        <Button small pending={keeping.isPending} onPress={() => keeping.mutate()}>
                            <Trans>Quedarse con la de antes</Trans>
                        </Button>
                    )}
                </div>
            </Note>
        </>
    );
}
