// One's own address: where notices and a link for a forgotten password go, once it is confirmed.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery } from "@tanstack/react-query";
import { CircleCheck, Clock, MailX } from "lucide-react";
import { type FormEvent, useState } from "react";
import { type Schemas, answer, api } from "~/api/client";
import { faultAt, faultItems, refusalOf } from "~/api/problem";
import { queries } from "~/app/queries";
import { Button, ErrorSummary, Note, PasswordField, Status, TextField, say } from "~/ui";

const emailQuery = { queryKey: ["session", "email"], queryFn: ({ signal }: { signal: AbortSignal }) => answer(api.GET("/v1/session/email", { signal })) };

type State = NonNullable<Schemas["OwnEmail"]["state"]>;

export function EmailStatus({ state }: { state: State }) {
    if (state === "confirmed") {
        return (
            <Status family="good" icon={CircleCheck}>
                <Trans>confirmado</Trans>
            </Status>
        );
    }
    if (state === "unconfirmed") {
        return (
            <Status family="wait" icon={Clock}>
                <Trans>sin confirmar: siga el enlace que se mandó ahí</Trans>
            </Status>
        );
    }
    return (
        <Status family="set-aside" icon={MailX}>
            <Trans>sin confirmar: este servidor no envía correo</Trans>
        </Status>
    );
}

export function OwnEmail() {
    const { t } = useLingui();
    const own = useQuery(emailQuery).data;
    const [email, setEmail] = useState<string>();
    const [current, setCurrent] = useState("");
    const shown = email ?? own?.email ?? "";
    const changed = email !== undefined && email.trim() !== (own?.email ?? "");
    const changing = useMutation({
        mutationFn: () => answer(api.PUT("/v1/session/email", { body: { email: shown.trim() || null, current } })),
        onSuccess: (now) => {
            queries.setQueryData(emailQuery.queryKey, now);
            setEmail(undefined);
            setCurrent("");
            say(now.state === "unconfirmed" ? t`Correo guardado; se mandó un enlace para confirmarlo` : t`Correo guardado`);
        },
    });
    const sending = useMutation({
        mutationFn: () => answer(api.POST("/v1/session/email/link")),
        onSuccess: () => say(t`Enlace mandado`),
    });
    const submit = (event: FormEvent) => {
        event.preventDefault();
        if (changed && current) changing.mutate();
    };
    const failed = changing.error ?? sending.error;
    const problem = failed ? refusalOf(failed).problem : undefined;
    return (
        <section>
            <h2>
                <Trans>Correo electrónico</Trans>
            </h2>
            <form className="form" onSubmit={submit} noValidate>
                {problem && <ErrorSummary key={problem.request_id} title={problem.title} detail={problem.detail} items={faultItems(changing.error, { email: t`Correo`, current: t`Contraseña actual` })} />}
                <TextField label={t`Correo`} name="email" type="email" value={shown} onChange={setEmail} autoComplete="email" spellCheck="false" optional help={t`Ahí llegan los avisos que usted puede ver, y un enlace si olvida su contraseña.`} error={faultAt(changing.error, "email")} />
                {own?.state && !changed && <EmailStatus state={own.state} />}
                {own && !own.sends_mail && (
                    <Note kind="quiet">
                        <Trans>Este servidor no envía correo: la dirección se guarda y queda sin confirmar. Si olvida su contraseña, se la cambia quien administra los usuarios.</Trans>
                    </Note>
                )}
                {changed && <PasswordField label={t`Contraseña actual`} name="current" value={current} onChange={setCurrent} autoComplete="current-password" error={faultAt(changing.error, "current")} />}
                <div className="form-acts">
                    {changed && (
                        <Button type="submit" look="primary" pending={changing.isPending} reason={current ? undefined : t`Escriba su contraseña.`} showReason>
                            <Trans>Guardar el correo</Trans>
                        </Button>
                    )}
                    {own?.state === "unconfirmed" && !changed && (
                        <Button onPress={() => sending.mutate()} pending={sending.isPending}>
                            <Trans>Mandar el enlace otra vez</Trans>
                        </Button>
                    )}
                </div>
            </form>
        </section>
    );
}
