// The messages with one employee, the last at the bottom, and the next one.
import { Trans, useLingui } from "@lingui/react/macro";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { type FormEvent, useState } from "react";
import { answer, api, idempotencyKey } from "~/api/client";
import { faultAt, refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { queries } from "~/app/queries";
import { useMay } from "~/app/session";
import { Button, ErrorSummary, say, TextArea } from "~/ui";
import { useDraft } from "~/ui/useDraft";
import { messagesQuery } from "./queries";
import "./equipo.css";

export function Conversation({ employee, name }: { employee: string; name: string }) {
    const { t } = useLingui();
    const format = useFormat();
    const messages = useInfiniteQuery(messagesQuery(employee));
    const maySend = useMay("send_messages");
    const shown = (messages.data?.pages.flatMap((page) => page.items) ?? []).toReversed();
    return (
        <section className="conversation" aria-label={t`Mensajes con ${name}`}>
            <div className="dr-sec">
                <h3>
                    <Trans>Mensajes</Trans>
                </h3>
            </div>
            {messages.hasNextPage && (
                <Button small look="quiet" onPress={() => void messages.fetchNextPage()}>
                    <Trans>Ver anteriores</Trans>
                </Button>
            )}
            {messages.data && shown.length === 0 && (
                <p className="dim">
                    <Trans>Ninguno todavía.</Trans>
                </p>
            )}
            <ol>
                {shown.map((message) => (
                    <li key={message.id} className={message.direction === "to_employee" ? "ours" : "theirs"}>
                        <p dir="auto">{message.text}</p>
                        <small>
                            {message.direction === "to_employee" ? t`Oficina` : name} · {format.moment(message.sent_at)}
                        </small>
                    </li>
                ))}
            </ol>
            {maySend && <Writer employees={[employee]} place={employee} label={t`Mensaje para ${name}`} />}
        </section>
    );
}

/** Writes one message to some employees. */
export function Writer({ employees, place, label, onSent }: { employees: string[]; place: string; label: string; onSent?: () => void }) {
    const { t } = useLingui();
    const [text, setText, forget] = useDraft(`message:${place}`, "");
    const [once, renew] = useState(idempotencyKey);
    const sending = useMutation({
        mutationFn: () => answer(api.POST("/v1/messages", { params: { header: once }, body: { employees, text: text.trim() } })),
        onSuccess: async (sent) => {
            setText("");
            forget();
            renew(idempotencyKey());
            say(sent.messages.length === 1 ? t`Mensaje enviado` : t`${sent.messages.length} mensajes enviados`);
            await queries.invalidateQueries({ queryKey: ["entries", "messages"] });
            onSent?.();
        },
    });
    const problem = sending.error ? refusalOf(sending.error).problem : undefined;
    const submit = (event: FormEvent) => {
        event.preventDefault();
        if (text.trim() && employees.length > 0) sending.mutate();
    };
    const reason = employees.length === 0 ? t`Elija para quién es.` : text.trim() ? undefined : t`Escriba el mensaje.`;
    return (
        <form className="writer" onSubmit={submit} noValidate>
            {problem && <ErrorSummary key={sending.submittedAt} title={problem.title} detail={problem.detail} />}
            <TextArea label={label} name="text" value={text} onChange={setText} rows={2} error={faultAt(sending.error, "text")} />
            <Button type="submit" icon={Send} small pending={sending.isPending} reason={reason}>
                <Trans>Enviar</Trans>
            </Button>
        </form>
    );
}
