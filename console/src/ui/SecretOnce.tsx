// A secret that is shown this once: to copy it, and then to say that it was kept.
import { Trans, useLingui } from "@lingui/react/macro";
import { Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "./Button";
import { copy } from "./copy";
import { Dialog } from "./Dialog";
import { Note } from "./Note";

export function SecretOnce({ title, secrets, onClose }: { title: string; secrets: { label: string; value: string }[]; onClose: () => void }) {
    return (
        <Dialog
            title={title}
            open
            fixed
            onClose={onClose}
            foot={
                <Button look="primary" onPress={onClose}>
                    <Trans>Ya lo guardé</Trans>
                </Button>
            }
        >
            <Note kind="wait">
                <Trans>Se muestra solo esta vez. Cópielo ahora y guárdelo donde solo lo lea quien lo necesita.</Trans>
            </Note>
            {secrets.map((secret) => (
                <CopyValue key={secret.label} {...secret} />
            ))}
        </Dialog>
    );
}

/** A value under its name, with a button that copies it. */
export function CopyValue({ label, value }: { label: string; value: string }) {
    const { t } = useLingui();
    const [copied, setCopied] = useState(false);
    return (
        <div className="fld">
            <span className="lbl">{label}</span>
            <div className="row">
                <code className="secret" tabIndex={0} aria-label={label}>
                    {value}
                </code>
                <Button
                    icon={Copy}
                    small
                    onPress={() => {
                        void copy(value).then(setCopied);
                    }}
                >
                    {copied ? t`Copiado` : t`Copiar`}
                </Button>
            </div>
        </div>
    );
}
