<?php

declare(strict_types=1);

namespace Barque\Console;

/**
 * Frames without payload: their length is the signal.
 */
enum Signal: int
{
    case Eod = -1;
    case EodPoll = -2;
    case Status = -3;
    case Terminate = -4;
    case Poll = -5;
    case Heartbeat = -6;
    case HbResponse = -7;
    case Prompt = -8;
    case Btime = -9;
    case Break = -10;
    case StartSelect = -11;
    case EndSelect = -12;
    case InvalidCmd = -13;
    case CmdFailed = -14;
    case CmdOk = -15;
    case CmdBegin = -16;
    case MsgsPending = -17;
    case MainPrompt = -18;
    case SelectInput = -19;
    case WarningMsg = -20;
    case ErrorMsg = -21;
    case InfoMsg = -22;
    case RunCmd = -23;
    case YesNo = -24;
    case StartRtree = -25;
    case EndRtree = -26;
    case SubPrompt = -27;
    case TextInput = -28;

    /**
     * Whether the Director reads after this signal.
     */
    public function endsReply(): bool
    {
        return match ($this) {
            self::Eod, self::EodPoll, self::MainPrompt, self::SubPrompt => true,
            default => false,
        };
    }
}
