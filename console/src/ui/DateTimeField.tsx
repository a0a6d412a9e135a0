// A civil date and time, segment by segment or from a calendar, in the order and the words of the page's language whatever
// the browser's own language is: 03/04 is never a riddle.
import { parseDate, parseDateTime } from "@internationalized/date";
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { CalendarDays, ChevronLeft, ChevronRight, CircleX, X } from "lucide-react";
import { Button as AriaButton, Calendar, CalendarCell, CalendarGrid, DateInput, DatePicker, DateSegment, Dialog, FieldError, Group, Heading, Label, Popover, Text } from "react-aria-components";
import "./date.css";

type Props = { label: string; name?: string; value: string; onChange: (local: string) => void; optional?: boolean; error?: string; help?: string };

/** `value` is `2026-12-03T09:30`, or empty. */
export function DateTimeField(props: Props) {
    return <Field {...props} granularity="minute" />;
}

/** `value` is `2026-12-03`, or empty. */
export function DateField(props: Props) {
    return <Field {...props} granularity="day" />;
}

function Field({ label, name, value, onChange, optional, error, help, granularity }: Props & { granularity: "minute" | "day" }) {
    return (
        <DatePicker
            className="fld"
            granularity={granularity}
            hourCycle={24}
            shouldForceLeadingZeros
            value={read(value, granularity)}
            onChange={(next) => onChange(next ? next.toString().slice(0, granularity === "day" ? 10 : 16) : "")}
            isInvalid={!!error}
            validationBehavior="aria"
        >
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
                {value && (
                    <AriaButton slot={null} className="btn btn-quiet btn-icon btn-s" aria-label={t`Borrar ${label}`} onPress={() => onChange("")}>
                        <X size={14} aria-hidden />
                    </AriaButton>
                )}
                <AriaButton className="btn btn-quiet btn-icon btn-s">
                    <CalendarDays size={14} aria-hidden />
                </AriaButton>
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
            <Popover className="popover" offset={4}>
                <Dialog className="calendar-box">
                    <Calendar className="calendar">
                        <header>
                            <AriaButton slot="previous" className="btn btn-quiet btn-icon btn-s">
                                <ChevronLeft size={16} aria-hidden />
                            </AriaButton>
                            <Heading />
                            <AriaButton slot="next" className="btn btn-quiet btn-icon btn-s">
                                <ChevronRight size={16} aria-hidden />
                            </AriaButton>
                        </header>
                        <CalendarGrid>{(date) => <CalendarCell date={date} className="calendar-day" />}</CalendarGrid>
                    </Calendar>
                </Dialog>
            </Popover>
        </DatePicker>
    );
}

function read(value: string, granularity: "minute" | "day") {
    try {
        return value ? (granularity === "day" ? parseDate(value) : parseDateTime(value)) : null;
    } catch {
        return null;
    }
}
