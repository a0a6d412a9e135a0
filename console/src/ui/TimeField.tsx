// A time of day, 24 hours whatever the browser's own language is.
import { parseTime } from "@internationalized/date";
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { CircleX, X } from "lucide-react";
import { Button as AriaButton, DateInput, DateSegment, FieldError, Group, Label, Text, TimeField as AriaTimeField } from "react-aria-components";
import "./date.css";

type Props = { label: string; name?: string; value: string; onChange: (time: string) => void; optional?: boolean; error?: string; help?: string };

/** `value` is `09:30`, or empty. */
export function TimeField({ label, name, value, onChange, optional, error, help }: Props) {
    return (
        <AriaTimeField className="fld" granularity="minute" hourCycle={24} shouldForceLeadingZeros value={read(value)} onChange={(next) => onChange(next ? next.toString().slice(0, 5) : "")} isInvalid={!!error} validationBehavior="aria">
            <Label>
                {label}
                {optional && (
                    <span className="optional">
                        {" "}
                        · <Trans>opcional</Trans>
                    </span>
                )}
            </Label>
            <Group className="inp date-inp" id={name}>
                <DateInput className="date-segments">{(segment) => <DateSegment segment={segment} className="date-segment" />}</DateInput>
                {optional && value && (
                    <AriaButton slot={null} className="btn btn-quiet btn-icon btn-s" aria-label={t`Borrar ${label}`} onPress={() => onChange("")}>
                        <X size={14} aria-hidden />
                    </AriaButton>
                )}
            </Group>
            {help && !error && (
                <Text slot="description" className="help">
                    {help}
                </Text>
            )}
            {error && (
                <FieldError className="err" elementType="span">
                    <CircleX size={14} aria-hidden />
                    <span>{error}</span>
                </FieldError>
            )}
        </AriaTimeField>
    );
}

function read(value: string) {
    try {
        return value ? parseTime(value) : null;
    } catch {
        return null;
    }
}
