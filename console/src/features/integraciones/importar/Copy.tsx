// A value that is carried over to another program.
import { useLingui } from "@lingui/react/macro";
import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { copy, IconButton } from "~/ui";

export function CopyRow({ label, value }: { label: string; value: string }) {
    const { t } = useLingui();
    const [copied, setCopied] = useState(false);
    return (
        <div>
            <dt>{label}</dt>
            <dd>{value}</dd>
            <dd>
                <IconButton name={copied ? t`Copiado: ${label}` : t`Copiar ${label}`} icon={copied ? Check : Copy} small onPress={() => void copy(value).then(setCopied)} />
            </dd>
        </div>
    );
}
