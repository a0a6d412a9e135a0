// The headers that go along, such as the key of the customer's gateway: all of them at once, since none is shown again.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { faultAt, faultItems, refusalOf } from "~/api/problem";
import { queries } from "~/app/queries";
import { Button, Dialog, ErrorSummary, IconButton, Note, PasswordField, say, TextField } from "~/ui";
import { type Channel, setHeaders } from "./queries";

type Pair = { name: string; value: string };

export function HeadersDialog({ channel, onClose }: { channel: Channel; onClose: () => void }) {
    const { t } = useLingui();
    const [pairs, setPairs] = useState<Pair[]>(channel.headers.length > 0 ? channel.headers.map((name) => ({ name, value: "" })) : [{ name: "", value: "" }]);
    const put = (place: number, change: Partial<Pair>) => setPairs(pairs.map((pair, at) => (at === place ? { ...pair, ...change } : pair)));
    const filled = pairs.filter((pair) => pair.name.trim() !== "");
    const saving = useMutation({
        mutationFn: () => setHeaders(channel.id, Object.fromEntries(filled.map(({ name, value }) => [name.trim(), value]))),
        onSuccess: async ({ headers }) => {
            say(headers.length > 0 ? t`Se envían las cabeceras ${headers.join(", ")}` : t`No se envían cabeceras`);
            onClose();
            await queries.invalidateQueries({ queryKey: ["channels"] });
        },
    });
    const problem = saving.error ? refusalOf(saving.error).problem : undefined;
    return (
        <Dialog
            title={t`Cabeceras de «${channel.name}»`}
            open
            keep
            onClose={onClose}
            foot={
                <>
                    <Button onPress={onClose}>
                        <Trans>Cancelar</Trans>
                    </Button>
                    <Button look="primary" type="submit" form="headers-form" pending={saving.isPending}>
                        <Trans>Guardar</Trans>
                    </Button>
                </>
            }
        >
            {problem && <ErrorSummary key={saving.submittedAt} title={problem.title} detail={problem.detail} items={faultItems(saving.error)} />}
            {channel.headers.length > 0 && (
                <Note kind="wait">
                    <Trans>Los valores guardados no se muestran: escríbalos todos de nuevo. Lo que no esté aquí deja de enviarse.</Trans>
                </Note>
            )}
            <form
                id="headers-form"
                className="form"
                noValidate
                onSubmit={(event) => {
                    event.preventDefault();
                    saving.mutate();
                }}
            >
                <ul className="pairs">
                    {pairs.map((pair, place) => (
                        <li key={place}>
                            <TextField label={t`Cabecera`} value={pair.name} onChange={(name) => put(place, { name })} placeholder="x-api-key" spellCheck="false" />
                            <PasswordField label={t`Valor`} value={pair.value} onChange={(value) => put(place, { value })} autoComplete="off" error={faultAt(saving.error, `headers.${pair.name.trim()}`)} />
                            <IconButton name={t`Quitar ${pair.name || t`esta cabecera`}`} icon={X} onPress={() => setPairs(pairs.filter((_, at) => at !== place))} />
                        </li>
                    ))}
                </ul>
                <div>
                    <Button small icon={Plus} onPress={() => setPairs([...pairs, { name: "", value: "" }])}>
                        <Trans>Otra cabecera</Trans>
                    </Button>
                </div>
            </form>
        </Dialog>
    );
}
